import type {
  Arrival,
  LogTail,
  LogWrite,
  RecordStore,
  StateRow,
  StateStore,
} from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';

/** Settings of {@link memoryRecordStore}. */
export interface MemoryRecordStoreOptions {
  readonly storeId?: string;
}

interface MemoryLog {
  readonly tail: LogTail;
  readonly records: readonly Uint8Array[];
  readonly sealed: readonly Manifest[];
}

interface Contents {
  readonly logs: ReadonlyMap<Origin, MemoryLog>;
  readonly journal: readonly Arrival[];
}

/** The record store port in memory, for tests of what is above it. */
export const memoryRecordStore = (options: MemoryRecordStoreOptions = {}): RecordStore => {
  let contents: Contents = { logs: new Map(), journal: [] };
  const log = (origin: Origin): MemoryLog | undefined => contents.logs.get(origin);
  return {
    storeId: options.storeId ?? 'memory',
    arrivals: () => contents.journal.length,
    tails: async () => [...contents.logs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { tail }]) => tail),
    write: async (writes) => {
      contents = writes.reduce(applyWrite, contents);
    },
    record: (origin, seq) => log(origin)?.records[seq - 1],
    records: async (origin, firstSeq, count) =>
      log(origin)?.records.slice(Math.max(firstSeq, 1) - 1, firstSeq - 1 + count) ?? [],
    range: async (origin, segment, events) => {
      const found = log(origin);
      const manifest = found && manifestsOf(found)[segment];
      if (found === undefined || manifest === undefined) return undefined;
      const end = manifest.firstSeq + manifest.events;
      const firstSeq = Math.min(manifest.firstSeq + Math.max(events, 0), end);
      return { manifest, firstSeq, records: found.records.slice(firstSeq - 1, end - 1) };
    },
    manifests: async (origin) => {
      const found = log(origin);
      return found === undefined ? [] : manifestsOf(found);
    },
    async *journal(after) {
      yield* contents.journal.slice(Math.max(after, 0));
    },
  };
};

const manifestsOf = ({ sealed, tail }: MemoryLog): readonly Manifest[] =>
  tail.manifest.sealed ? sealed : [...sealed, tail.manifest];

const applyWrite = ({ logs, journal }: Contents, write: LogWrite): Contents => {
  const { origin, tail, records, arrival } = write;
  const before = logs.get(origin);
  assertNext(before, journal.length, write);
  const after: MemoryLog = {
    tail,
    records: [...(before?.records ?? []), ...records.map((record) => record.slice())],
    sealed: [...(before?.sealed ?? []), ...(tail.manifest.sealed ? [tail.manifest] : [])],
  };
  const seq: Seq = after.records.length;
  return { logs: new Map(logs).set(origin, after), journal: [...journal, { arrival, origin, seq }] };
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
