import { writeVarint } from '../bytes/index.ts';
import { SEGMENT_LIMITS } from '../segment/index.ts';
import { ByteCursor } from './byte-cursor.ts';

/** Packs records: each with its length in bytes before it, as a varint. */
export const encodeRecords = (records: readonly Uint8Array[]): Uint8Array => {
  const heads = records.map((record) => {
    const head: number[] = [];
    writeVarint(head, record.length);
    return head;
  });
  const out = new Uint8Array(
    records.reduce((size, { length }, i) => size + length + (heads[i]?.length ?? 0), 0),
  );
  let at = 0;
  for (const [i, record] of records.entries()) {
    const head = heads[i] ?? [];
    out.set(head, at);
    out.set(record, at + head.length);
    at += head.length + record.length;
  }
  return out;
};

/** Reads packed records as views of the input; undefined when they are malformed, or more than a segment has. */
export const decodeRecords = (bytes: Uint8Array): readonly Uint8Array[] | undefined => {
  const cursor = new ByteCursor(bytes);
  const records: Uint8Array[] = [];
  while (cursor.more && records.length < SEGMENT_LIMITS.eventsMax) {
    const record = cursor.bytes(cursor.varint() ?? 0);
    if (record !== undefined) records.push(record);
  }
  return cursor.done ? records : undefined;
};
