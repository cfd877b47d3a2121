import type { Origin, Seq } from '../event/index.ts';

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
