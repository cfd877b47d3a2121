import type { Arrival, RecordStore, StateStore } from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';
import type { DiskIlls } from './disk-ills.ts';
import type { DiskRecords } from './disk-records.ts';
import type { DiskRows } from './disk-rows.ts';

/** The record store port over what a disk holds, which `held` gives anew each time: a backup may take its place. */
export const recordPort = (
  storeId: () => string,
  held: () => DiskRecords,
  writer: Pick<RecordStore, 'write' | 'restore'>,
): RecordStore => ({
  get storeId() {
    return storeId();
  },
  arrivals: () => held().arrivals,
  tails: async () =>
    held()
      .sorted()
      .map(({ position }) => position.tail),
  damagedLogs: () => [],
  damagedSegments: () => held().damage.marked,
  ...writer,
  evidence: async () => held().evidence,
  record: (origin, seq) => held().record(origin, seq),
  records: async (origin, firstSeq, count) => held().records(origin, firstSeq, count),
  range: async (origin, segment, events) => held().range(origin, segment, events),
  manifests: async (origin) => held().logs.get(origin)?.manifests() ?? [],
  manifest: (origin, segment) => held().logs.get(origin)?.manifest(segment),
  async *journal(after) {
    const newest = [...held().logs.values()].map(
      ({ origin, length, position: { arrival } }): Arrival => ({ arrival, origin, seq: length }),
    );
    yield* newest.filter(({ arrival }) => arrival > after).sort((a, b) => a.arrival - b.arrival);
  },
});

/** The state store port over what a disk holds. */
export const statePort = (held: () => DiskRows, writer: Pick<StateStore, 'write' | 'clear'>): StateStore => ({
  get: (key) => held().get(key),
  async *scan(prefix) {
    yield* held().scan(prefix);
  },
  ...writer,
});

/**
 * A record store whose reads of records fail as the disk is ill: then the segment is known to be damaged from there on,
 * though it is not. Checks look past that, at what is there.
 */
export const ailingRecords = (store: RecordStore, held: () => DiskRecords, ills: DiskIlls): RecordStore => {
  const read = <T>(origin: Origin, segment: number | undefined, give: () => T): T =>
    ills.read('records', give, () => {
      if (segment !== undefined) held().damage.mark({ origin, segment });
    });
  const segmentOf = (origin: Origin, seq: Seq): number | undefined => {
    const log = held().logs.get(origin);
    return log === undefined || seq < 1 || seq > log.length ? undefined : log.segmentOf(seq);
  };
  return {
    ...store,
    get storeId() {
      return store.storeId;
    },
    record: (origin, seq) => read(origin, segmentOf(origin, seq), () => store.record(origin, seq)),
    records: async (origin, firstSeq, count) =>
      read(origin, segmentOf(origin, firstSeq), () => store.records(origin, firstSeq, count)),
    range: async (origin, segment, events) =>
      read(origin, store.manifest(origin, segment) && segment, () => store.range(origin, segment, events)),
  };
};

/** A state store whose reads fail as the disk is ill. */
export const ailingState = (store: StateStore, ills: DiskIlls): StateStore => ({
  ...store,
  get: (key) => ills.read('state', () => store.get(key)),
});
