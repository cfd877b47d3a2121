import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME_LAYOUT } from '../../../node/home/index.ts';
import { openRecordStore } from '../../../node/store/index.ts';
import { BATCH } from './notes.ts';

/** Bytes of the length before each record. */
const LENGTH_BYTES = 4;

/** Bytes that are read, and sent, at a time: about what one range frame of ours holds. */
const CHUNK_BYTES = 192 * 1_024;

/** Writes all records of a home into one file, one after the other, and gives their number and bytes. */
export const writeRecordFile = async (
  home: string,
  path: string,
): Promise<{ readonly records: number; readonly bytes: number }> => {
  const store = await openRecordStore(join(home, HOME_LAYOUT.records));
  const file = await open(path, 'w');
  let [records, bytes] = [0, 0];
  for (const { manifest } of await store.tails()) {
    const { origin, firstSeq, events } = manifest;
    for (let seq = 1; seq < firstSeq + events; seq += BATCH) {
      const batch = await store.records(origin, seq, BATCH);
      await file.writev(batch.flatMap((record) => [lengthOf(record), record]));
      records += batch.length;
      bytes += batch.reduce((sum, { length }) => sum + length, 0);
    }
  }
  await file.close();
  await store.close();
  return { records, bytes };
};

/** The bytes of such a file, in parts. */
export const readRecordFile = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: CHUNK_BYTES });

/** Takes the bytes of such a file in any parts, and gives the records that have become whole. */
export class RecordSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(part: Uint8Array): readonly Uint8Array[] {
    const bytes =
      this.#rest.length === 0
        ? Buffer.from(part.buffer, part.byteOffset, part.length)
        : Buffer.concat([this.#rest, part]);
    const records: Uint8Array[] = [];
    let at = 0;
    while (at + LENGTH_BYTES <= bytes.length) {
      const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      records.push(bytes.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return records;
  }
}

const lengthOf = (record: Uint8Array): Uint8Array => {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(record.length);
  return length;
};
