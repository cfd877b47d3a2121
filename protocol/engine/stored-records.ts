import type { Origin, Seq } from '../event/index.ts';
import { SmoError } from '../fault/index.ts';
import type { RecordStore } from './ports.ts';

/** Which records to read. */
export interface RecordsRequest {
  readonly origin: Origin;
  readonly firstSeq: Seq;
  /** Most records. */
  readonly count: number;
  /** Reading ends with the record that reaches so many bytes. */
  readonly bytesMax: number;
}

/** Records that are read at a time: the largest ones make 16 MiB. */
const STEP = 64;

/**
 * Reads what a `read-records` effect asks for, within its bounds.
 * @param read reads records of that log; fewer than asked for where it ends, or cannot be read on
 */
export const readStoredRecords = async (
  read: (firstSeq: Seq, count: number) => Promise<readonly Uint8Array[]>,
  { firstSeq, count, bytesMax }: Omit<RecordsRequest, 'origin'>,
): Promise<readonly Uint8Array[]> => {
  const records: Uint8Array[] = [];
  let bytes = 0;
  while (records.length < count && bytes < bytesMax) {
    const size = Math.min(STEP, count - records.length);
    const some = await read(firstSeq + records.length, size);
    for (const record of some) {
      if (bytes >= bytesMax) break;
      records.push(record);
      bytes += record.length;
    }
    if (some.length < size) break;
  }
  return records;
};

/** Up to `count` records of a log from `firstSeq` on, as far as they can be read: what comes before damage is whole. */
export const undamagedRecords = async (
  store: Pick<RecordStore, 'record' | 'records'>,
  origin: Origin,
  firstSeq: Seq,
  count: number,
): Promise<readonly Uint8Array[]> => {
  try {
    return await store.records(origin, firstSeq, count);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return recordsBeforeDamage(store, origin, firstSeq, count);
  }
};

/** Whether an error says that what is stored is damaged. */
export const isDamage = (error: unknown): error is SmoError =>
  error instanceof SmoError && error.code === 'store_damaged';

/** The same, without waiting. */
export const recordsBeforeDamage = (
  store: Pick<RecordStore, 'record'>,
  origin: Origin,
  firstSeq: Seq,
  count: number,
): readonly Uint8Array[] => {
  const records: Uint8Array[] = [];
  try {
    for (let seq = firstSeq; seq < firstSeq + count; seq += 1) {
      const record = store.record(origin, seq);
      if (record === undefined) break;
      records.push(record);
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return records;
};
