import { compareStrings, equalBytes } from '../../protocol/bytes/index.ts';
import type {
  EvidenceRow,
  LogTail,
  LogWrite,
  RecordStore,
  SegmentPlace,
  StateRow,
  StateStore,
  WholeSegment,
} from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { encodeManifest, type Manifest } from '../../protocol/manifest/index.ts';

/** Settings of {@link memoryRecordStore}. */
export interface MemoryRecordStoreOptions {
  readonly storeId?: string;
}

interface MemoryLog {
  readonly tail: LogTail;
  readonly records: readonly Uint8Array[];
  readonly sealed: readonly Manifest[];
  /** The newest. */
  readonly arrival: number;
}

interface Contents {
  readonly arrivals: number;
  readonly logs: ReadonlyMap<Origin, MemoryLog>;
  readonly evidence: ReadonlyMap<Origin, Uint8Array>;
}

/** What is wrong with a segment: all its records, or one of them, cannot be read, or one reads as something else. */
type Damage = SegmentPlace &
  ({ readonly seq?: Seq; readonly changed?: false } | { readonly seq: Seq; readonly changed: true });

/** A record store that a test can damage. */
export interface MemoryRecordStore extends RecordStore {
  /** Damages a segment until it is restored. */
  damage(damage: Damage): void;
}

/** The record store port in memory, for tests of what is above it. */
export const memoryRecordStore = (options: MemoryRecordStoreOptions = {}): MemoryRecordStore => {
  let contents: Contents = { arrivals: 0, logs: new Map(), evidence: new Map() };
  let damaged: readonly Damage[] = [];
  const assertReadable = (origin: Origin, firstSeq: number, endSeq: number): void => {
    for (const place of damaged) {
      const found = place.origin === origin ? manifest(origin, place.segment) : undefined;
      if (found === undefined || place.changed) continue;
      const [from, to] =
        place.seq === undefined
          ? [found.firstSeq, found.firstSeq + found.events]
          : [place.seq, place.seq + 1];
      if (endSeq <= from || firstSeq >= to) continue;
      throw new SmoError('store_damaged', `log ${origin}, segment ${place.segment} is damaged`);
    }
  };
  const log = (origin: Origin): MemoryLog | undefined => contents.logs.get(origin);
  const manifest = (origin: Origin, segment: number): Manifest | undefined => {
    const found = log(origin);
    return found && manifestsOf(found)[segment];
  };
  return {
    storeId: options.storeId ?? 'memory',
    arrivals: () => contents.arrivals,
    tails: async () => byOrigin(contents.logs).map(([, { tail }]) => tail),
    damagedLogs: () => [],
    damagedSegments: () => damaged.map(({ origin, segment }) => ({ origin, segment })),
    damage: (place) => {
      damaged = [...damaged, place];
      const found = log(place.origin);
      if (found === undefined || !place.changed) return;
      const records = found.records.with(place.seq - 1, flipped(found.records[place.seq - 1]));
      contents = { ...contents, logs: new Map(contents.logs).set(place.origin, { ...found, records }) };
    },
    write: async (writes, { evidence = [] }) => {
      const { logs, arrivals } = writes.reduce(applyWrite, contents);
      const rows = evidence.map(({ origin, bytes }) => [origin, bytes.slice()] as const);
      contents = { logs, arrivals, evidence: new Map([...contents.evidence, ...rows]) };
    },
    restore: async (segment) => {
      contents = { ...contents, logs: restoreSegment(contents.logs, segment) };
      damaged = damaged.filter((place) => !isOf(place, segment));
    },
    evidence: async () =>
      byOrigin(contents.evidence).map(([origin, bytes]): EvidenceRow => ({ origin, bytes })),
    record: (origin, seq) => {
      assertReadable(origin, seq, seq + 1);
      return log(origin)?.records[seq - 1];
    },
    records: async (origin, firstSeq, count) => {
      assertReadable(origin, firstSeq, firstSeq + count);
      return log(origin)?.records.slice(Math.max(firstSeq, 1) - 1, firstSeq - 1 + count) ?? [];
    },
    range: async (origin, segment, events) => {
      const found = log(origin);
      const newest = manifest(origin, segment);
      if (found === undefined || newest === undefined) return undefined;
      const end = newest.firstSeq + newest.events;
      const firstSeq = Math.min(newest.firstSeq + Math.max(events, 0), end);
      assertReadable(origin, firstSeq, end);
      return { manifest: newest, firstSeq, records: found.records.slice(firstSeq - 1, end - 1) };
    },
    manifests: async (origin) => {
      const found = log(origin);
      return found === undefined ? [] : manifestsOf(found);
    },
    manifest,
    async *journal(after) {
      const changed = [...contents.logs].filter(([, { arrival }]) => arrival > after);
      changed.sort(([, a], [, b]) => a.arrival - b.arrival);
      yield* changed.map(([origin, { arrival, records }]) => ({ arrival, origin, seq: records.length }));
    },
  };
};

const byOrigin = <T>(map: ReadonlyMap<Origin, T>): readonly (readonly [Origin, T])[] =>
  [...map].sort(([a], [b]) => compareStrings(a, b));

const flipped = (record: Uint8Array = new Uint8Array()): Uint8Array => record.map((byte) => byte ^ 0x20);

const isOf = (place: SegmentPlace, { origin, manifest }: WholeSegment): boolean =>
  place.origin === origin && place.segment === manifest.segment;

const manifestsOf = ({ sealed, tail }: MemoryLog): readonly Manifest[] =>
  tail.manifest.sealed ? sealed : [...sealed, tail.manifest];

const applyWrite = (contents: Contents, write: LogWrite): Contents => {
  const { origin, tail, records, arrival } = write;
  const before = contents.logs.get(origin);
  assertNext(before, contents.arrivals, write);
  const after: MemoryLog = {
    tail,
    records: [...(before?.records ?? []), ...records.map((record) => record.slice())],
    sealed: [...(before?.sealed ?? []), ...(tail.manifest.sealed ? [tail.manifest] : [])],
    arrival,
  };
  return { ...contents, logs: new Map(contents.logs).set(origin, after), arrivals: arrival };
};

const restoreSegment = (
  logs: Contents['logs'],
  { origin, manifest, records }: WholeSegment,
): Contents['logs'] => {
  const log = logs.get(origin);
  const held = log && manifestsOf(log)[manifest.segment];
  if (
    log === undefined ||
    held === undefined ||
    !equalBytes(encodeManifest(held), encodeManifest(manifest)) ||
    records.length !== manifest.events
  ) {
    throw new RangeError(`log ${origin} has another segment ${manifest.segment}`);
  }
  const restored = [...log.records];
  restored.splice(manifest.firstSeq - 1, records.length, ...records.map((record) => record.slice()));
  return new Map(logs).set(origin, { ...log, records: restored });
};

/** The port's rule for what a log may gain. */
const assertNext = (before: MemoryLog | undefined, arrivals: number, write: LogWrite): void => {
  const { manifest } = write.tail;
  const length = before?.records.length ?? 0;
  const head = before?.tail.manifest.sealed === false ? before.tail.manifest : undefined;
  const fits =
    manifest.origin === write.origin &&
    write.arrival === arrivals + 1 &&
    write.firstSeq === length + 1 &&
    manifest.segment === (before?.sealed.length ?? 0) &&
    manifest.firstSeq === (head?.firstSeq ?? length + 1) &&
    manifest.firstSeq + manifest.events === write.firstSeq + write.records.length &&
    (write.records.length > 0 || (head !== undefined && manifest.sealed));
  if (!fits) throw new RangeError(`a write to log ${write.origin} does not continue it`);
};

/** The state store port in memory. */
export const memoryStateStore = (): StateStore => {
  const rows = new Map<string, StateRow>();
  return {
    get: (key) => rows.get(key),
    async *scan(prefix) {
      yield* [...rows]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    },
    write: async (writes) => {
      for (const { key, row } of writes) {
        if (row === null) rows.delete(key);
        else rows.set(key, row);
      }
    },
    clear: async () => rows.clear(),
  };
};
