import type { LogWrite, RecordStore } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Database, Put } from './level-database.ts';
import { type LogCatalog, stateOf } from './log-catalog.ts';
import { encodeArrival, encodeSealed, encodeTail } from './log-rows.ts';
import { assertContinues, type LogState, lengthAt, spanOf } from './log-state.ts';
import { arrivalsKey, blockKey, journalKey, recordKey, sealedKey, tailKey } from './record-key.ts';
import { packRow } from './row.ts';
import { encodeBlock } from './segment-block.ts';

/** Reads records that are already stored, for the block that a sealed segment becomes. */
export type StoredRecords = RecordStore['records'];

/** The writing half of the record store: one commit after the other, in the order of the calls. */
export const recordWriter = (
  db: Database,
  catalog: LogCatalog,
  storedRecords: StoredRecords,
): RecordStore['write'] => {
  let last: Promise<void> = Promise.resolve();
  let failed: SmoError | undefined;

  const commit = async (logs: readonly LogWrite[], durable: boolean): Promise<void> => {
    if (failed !== undefined) throw failed;
    const plan = await planCommit(catalog, logs, storedRecords);
    if (plan.puts.length === 0) return;
    try {
      await db.write(plan.puts, durable);
    } catch (error) {
      // What reached the disk is unknown until the database is opened again; going on could skip a record.
      failed = new SmoError(
        'store_write_failed',
        `the record store cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        'Check the free space and the health of the disk, then start again; nothing acknowledged is lost.',
      );
      throw failed;
    }
    catalog.arrivals = plan.arrivals;
    for (const [origin, state] of plan.logs) catalog.logs.set(origin, state);
  };

  return (logs, { durable }) => {
    const result = last.then(() => commit(logs, durable));
    last = result.catch(() => undefined);
    return result;
  };
};

/** Everything that one commit changes, on the disk and in the catalog. */
interface CommitPlan {
  readonly puts: readonly Put[];
  readonly arrivals: number;
  readonly logs: ReadonlyMap<Origin, LogState>;
}

/** A log as the commit leaves it so far. */
interface StagedLog extends LogState {
  /** Records of the open segment that this commit brings; they get their rows at its end, unless it seals them. */
  readonly fresh: readonly Uint8Array[];
}

const planCommit = async (
  catalog: LogCatalog,
  writes: readonly LogWrite[],
  storedRecords: StoredRecords,
): Promise<CommitPlan> => {
  const puts: Put[] = [];
  const logs = new Map<Origin, StagedLog>();
  let { arrivals } = catalog;
  for (const write of writes) {
    const { origin, tail, arrival } = write;
    const before = logs.get(origin) ?? stateOf(catalog, origin);
    assertContinues(before?.tail.manifest, arrivals, write);
    const fresh = [...(logs.get(origin)?.fresh ?? []), ...write.records];
    const sealed = before?.sealed ?? [];
    if (tail.manifest.sealed) {
      puts.push(...(await sealSegment(write, fresh, storedRecords)));
      logs.set(origin, { tail, sealed: [...sealed, spanOf(tail.manifest)], fresh: [] });
    } else {
      logs.set(origin, { tail, sealed, fresh });
    }
    const key = journalKey(arrival);
    const entry = encodeArrival({ origin, seq: lengthAt(tail.manifest) });
    puts.push({ key, value: packRow(key, entry) });
    arrivals = arrival;
  }
  for (const [origin, log] of logs) puts.push(...tailPuts(origin, log));
  if (puts.length > 0) puts.push(arrivalsPut(arrivals));
  return { puts, arrivals, logs: withoutFresh(logs) };
};

/** Packs a segment: the rows that it has so far, and the records that come with the commit. */
const sealSegment = async (
  { origin, tail: { manifest } }: LogWrite,
  fresh: readonly Uint8Array[],
  storedRecords: StoredRecords,
): Promise<readonly Put[]> => {
  const { segment, firstSeq } = manifest;
  const stored = await storedRecords(origin, firstSeq, manifest.events - fresh.length);
  const key = blockKey(origin, segment);
  const manifestKey = sealedKey(origin, segment);
  return [
    { key, value: encodeBlock(key, [...stored, ...fresh]) },
    { key: manifestKey, value: packRow(manifestKey, encodeSealed(manifest)) },
    ...stored.map((_, index) => ({ key: recordKey(origin, firstSeq + index), value: undefined })),
  ];
};

const tailPuts = (origin: Origin, { tail, fresh }: StagedLog): readonly Put[] => {
  const firstFresh = lengthAt(tail.manifest) - fresh.length + 1;
  const key = tailKey(origin);
  return [
    ...fresh.map((record, index) => {
      const recordRow = recordKey(origin, firstFresh + index);
      return { key: recordRow, value: packRow(recordRow, record) };
    }),
    { key, value: packRow(key, encodeTail(tail)) },
  ];
};

/** The put of the row that counts the arrivals. */
export const arrivalsPut = (arrivals: number): Put => {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setBigUint64(0, BigInt(arrivals));
  return { key: arrivalsKey(), value: packRow(arrivalsKey(), payload) };
};

const withoutFresh = (logs: ReadonlyMap<Origin, StagedLog>): ReadonlyMap<Origin, LogState> =>
  new Map([...logs].map(([origin, { tail, sealed }]) => [origin, { tail, sealed }]));
