import { crc32 } from 'node:zlib';

/** Bytes of the head of a block: checksum of the table, and count. */
const HEAD_BYTES = 8;

/** Bytes of each entry of the table: length and checksum of one record. */
const ENTRY_BYTES = 8;

const NOTHING = new Uint8Array();

/**
 * A sealed segment as one value:
 *
 * | part    | bytes         | holds                                                          |
 * |---------|---------------|----------------------------------------------------------------|
 * | head    | 4             | CRC-32 of key, count and table, big-endian like all that follow |
 * |         | 4             | count of records                                               |
 * | table   | 8 each record | length and CRC-32 of the record                                |
 * | records | the rest      | the records, one after the other                               |
 *
 * Each record has its own checksum, so that damage costs and names that record alone.
 */
export interface SegmentBlock {
  readonly events: number;
  /** Bytes of the whole block. */
  readonly bytes: number;
  /**
   * The record at a place in the segment, a view of the block; undefined when its bytes are damaged.
   * @param index from 0 to `events` - 1
   */
  record(index: number): Uint8Array | undefined;
}

/**
 * Packs the records of a sealed segment into the value that is stored under `key`. One that is lost stays so: its
 * entry has no bytes, and a checksum that these do not have.
 */
export const encodeBlock = (key: Uint8Array, records: readonly (Uint8Array | undefined)[]): Uint8Array => {
  const recordsAt = HEAD_BYTES + records.length * ENTRY_BYTES;
  let size = recordsAt;
  for (const record of records) size += record?.length ?? 0;
  const block = new Uint8Array(size);
  const view = new DataView(block.buffer);
  view.setUint32(4, records.length);
  let at = recordsAt;
  for (const [index, record] of records.entries()) {
    if (record === undefined) {
      view.setUint32(HEAD_BYTES + index * ENTRY_BYTES + 4, ~crc32(NOTHING));
      continue;
    }
    view.setUint32(HEAD_BYTES + index * ENTRY_BYTES, record.length);
    view.setUint32(HEAD_BYTES + index * ENTRY_BYTES + 4, crc32(record));
    block.set(record, at);
    at += record.length;
  }
  view.setUint32(0, crc32(block.subarray(4, recordsAt), crc32(key)));
  return block;
};

/** Reads a block that is stored under `key`; undefined when its table is damaged, and so no record can be found. */
export const decodeBlock = (key: Uint8Array, value: Uint8Array): SegmentBlock | undefined => {
  if (value.length < HEAD_BYTES) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const events = view.getUint32(4);
  const recordsAt = HEAD_BYTES + events * ENTRY_BYTES;
  if (recordsAt > value.length) return undefined;
  if (crc32(value.subarray(4, recordsAt), crc32(key)) !== view.getUint32(0)) return undefined;

  const ends = new Uint32Array(events);
  let end = recordsAt;
  for (let index = 0; index < events; index += 1) {
    end += view.getUint32(HEAD_BYTES + index * ENTRY_BYTES);
    ends[index] = end;
  }
  if (end !== value.length) return undefined;

  const record = (index: number): Uint8Array | undefined => {
    const to = ends[index];
    if (to === undefined) throw new RangeError(`a block of ${events} records has none at ${index}`);
    const from = ends[index - 1] ?? recordsAt;
    const bytes = new Uint8Array(value.buffer, value.byteOffset + from, to - from);
    return crc32(bytes) === view.getUint32(HEAD_BYTES + index * ENTRY_BYTES + 4) ? bytes : undefined;
  };
  return { events, bytes: value.length, record };
};
