import { compareStrings } from '../../protocol/bytes/index.ts';
import type { Commit, LogTail, RecordStore, StateRow, StateStore } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';

/** What a disk takes at a time. */
export type DiskWrite = Pick<Commit, 'logs' | 'evidence' | 'reset' | 'state'>;

/** All writes that each of the two databases of a disk has kept. */
interface Kept {
  readonly records: readonly DiskWrite[];
  readonly state: readonly DiskWrite[];
}

/** A disk as a list of what was written to it. Slow and plain, to compare others with. */
export class NaiveDisk {
  #safe: Kept = { records: [], state: [] };
  #unsynced: readonly DiskWrite[] = [];
  #safeRecords = 0;
  #safeState = 0;

  get unsynced(): number {
    return this.#unsynced.length;
  }

  write(write: DiskWrite): void {
    if (write.reset) {
      // It stays so: a write of its own, which is safe.
      this.#unsynced = [...this.#unsynced, { logs: [], evidence: [], reset: true, state: [] }];
      this.#safeState = this.#unsynced.length;
    }
    this.#unsynced = [...this.#unsynced, { ...write, reset: false }];
  }

  get safeRecords(): number {
    return this.#safeRecords;
  }

  syncRecords(): void {
    this.#safeRecords = this.#unsynced.length;
  }

  crash(keptRecords: number, keptState: number): void {
    const kept = Math.max(keptRecords, this.#safeRecords);
    const keptRows = Math.max(keptState, this.#safeState);
    this.#safeRecords = 0;
    this.#safeState = 0;
    this.#safe = {
      records: [...this.#safe.records, ...this.#unsynced.slice(0, kept)],
      state: [...this.#safe.state, ...this.#unsynced.slice(0, keptRows)],
    };
    this.#unsynced = [];
  }

  copy(): Kept {
    const { records, state } = this.#safe;
    return { records: [...records, ...this.#unsynced], state: [...state, ...this.#unsynced] };
  }

  restore(kept: Kept): void {
    this.#safe = kept;
    this.#unsynced = [];
    this.#safeRecords = 0;
    this.#safeState = 0;
  }

  /** The newest position of a log. */
  tail(origin: Origin): LogTail | undefined {
    return this.#logWrites().findLast((write) => write.origin === origin)?.tail;
  }

  get arrivals(): number {
    return this.#logWrites().length;
  }

  /** Everything that can be read, as {@link readDisk} reads it. */
  read(): DiskContents {
    const writes = this.#logWrites();
    const origins = [...new Set(writes.map(({ origin }) => origin))].sort(compareStrings);
    return {
      arrivals: writes.length,
      evidence: new Map(
        this.copy().records.flatMap(({ evidence }) => evidence.map(({ origin, bytes }) => [origin, bytes])),
      ),
      logs: origins.map((origin) => {
        const own = writes.filter((write) => write.origin === origin);
        const segments = new Map(own.map(({ tail }) => [tail.manifest.segment, tail.manifest]));
        const records = own.flatMap((write) => write.records);
        const { tail, arrival } = own.at(-1) ?? { tail: undefined, arrival: 0 };
        return { origin, tail, arrival, manifests: [...segments.values()], records };
      }),
      rows: this.#rows(),
    };
  }

  #logWrites() {
    return this.copy().records.flatMap(({ logs }) => logs);
  }

  #rows(): DiskContents['rows'] {
    const rows = new Map<string, StateRow>();
    for (const { reset, state } of this.copy().state) {
      if (reset) rows.clear();
      for (const { key, row } of state) {
        if (row === null) rows.delete(key);
        else rows.set(key, row);
      }
    }
    return rows;
  }
}

/** All that can be read of a disk. */
export interface DiskContents {
  readonly arrivals: number;
  readonly evidence: ReadonlyMap<Origin, Uint8Array>;
  readonly logs: readonly {
    readonly origin: Origin;
    readonly tail: LogTail | undefined;
    readonly arrival: number;
    readonly manifests: readonly Manifest[];
    readonly records: readonly Uint8Array[];
  }[];
  readonly rows: ReadonlyMap<string, StateRow>;
}

/** Reads everything, each thing in all the ways there are; throws where these differ. */
export const readDisk = async (records: RecordStore, state: StateStore): Promise<DiskContents> => {
  const journal = await Array.fromAsync(records.journal(0));
  const logs = (await records.tails()).map(async (tail) => {
    const { origin } = tail.manifest;
    const manifests = await records.manifests(origin);
    const ranges = await Promise.all(manifests.map(({ segment }) => records.range(origin, segment, 0)));
    const listed = ranges.flatMap((range) => range?.records ?? []);
    const single = listed.map((_, i) => records.record(origin, i + 1));
    const read = await records.records(origin, 1, listed.length + 1);
    const arrival = journal.find((entry) => entry.origin === origin);
    const agree =
      arrival?.seq === read.length &&
      records.record(origin, read.length + 1) === undefined &&
      read.length === listed.length &&
      read.every((record, i) => record === single[i] && record === listed[i]) &&
      manifests.every((manifest, segment) => manifest === records.manifest(origin, segment));
    if (!agree) throw new Error(`the ways to read log ${origin} differ`);
    return { origin, tail, arrival: arrival.arrival, manifests, records: read };
  });
  return {
    arrivals: records.arrivals(),
    evidence: new Map((await records.evidence()).map(({ origin, bytes }) => [origin, bytes])),
    logs: await Promise.all(logs),
    rows: new Map(await Array.fromAsync(state.scan(''))),
  };
};
