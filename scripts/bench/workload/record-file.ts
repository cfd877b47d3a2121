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

/**
 * The records of such a file, as they become whole in whatever parts its bytes come. It ends with the last one that is
 * wanted: a stream of libp2p may keep its end to itself (docs/libp2p-facts.md, 27).
 */
export async function* recordsOf(
  parts: AsyncIterable<Uint8Array | { subarray(): Uint8Array }>,
  wanted = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Uint8Array[]> {
  let left = wanted;
  let rest: Buffer = Buffer.alloc(0);
  for await (const part of parts) {
    const bytes = Buffer.concat([rest, part instanceof Uint8Array ? part : part.subarray()]);
    const { records, end } = wholeRecords(bytes);
    rest = bytes.subarray(end);
    yield records.slice(0, left);
    left -= records.length;
    if (left <= 0) return;
  }
}

const wholeRecords = (bytes: Buffer): { readonly records: readonly Uint8Array[]; readonly end: number } => {
  const records: Uint8Array[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= bytes.length) {
    const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    records.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return { records, end: at };
};

const lengthOf = (record: Uint8Array): Uint8Array => {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(record.length);
  return length;
};
