import type { Origin, Seq } from '../event/index.ts';
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

/** Reads what a `read-records` effect asks for, within its bounds. */
export const readStoredRecords = async (
  store: Pick<RecordStore, 'records'>,
  { origin, firstSeq, count, bytesMax }: RecordsRequest,
): Promise<readonly Uint8Array[]> => {
  const records: Uint8Array[] = [];
  let bytes = 0;
  while (records.length < count && bytes < bytesMax) {
    const size = Math.min(STEP, count - records.length);
    const read = await store.records(origin, firstSeq + records.length, size);
    for (const record of read) {
      if (bytes >= bytesMax) break;
      records.push(record);
      bytes += record.length;
    }
    if (read.length < size) break;
  }
  return records;
};
