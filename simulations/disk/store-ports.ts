import type { Arrival, RecordStore, StateStore } from '../../protocol/engine/index.ts';
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
