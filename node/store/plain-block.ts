import { crc32 } from 'node:zlib';
import { accept, refuse } from '../../protocol/fault/index.ts';
import type { SegmentBlock } from './segment-block.ts';

/** Bytes of the head of a block: checksum of the table, and count. */
const HEAD_BYTES = 8;

/** Bytes of each entry of the table: length and checksum of one record. */
const ENTRY_BYTES = 8;

/**
 * Reads a sealed segment as formats 1 and 2 stored it, uncompressed; undefined when its table is damaged, and so no
 * record can be found.
 *
 * | part    | bytes         | holds                                                          |
 * |---------|---------------|----------------------------------------------------------------|
 * | head    | 4             | CRC-32 of key, count and table, big-endian like all that follow |
 * |         | 4             | count of records, less than 65,536                             |
 * | table   | 8 each record | length and CRC-32 of the record                                |
 * | records | the rest      | the records, one after the other                               |
 *
 * Each record has its own checksum, so damage costs that record alone. A lost one has no bytes, and a checksum that
 * these do not have.
 */
export const decodePlainBlock = (key: Uint8Array, value: Uint8Array): SegmentBlock | undefined => {
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

  const record: SegmentBlock['record'] = (index) => {
    const to = ends[index];
    if (to === undefined) throw new RangeError(`a block of ${events} records has none at ${index}`);
    const from = ends[index - 1] ?? recordsAt;
    const bytes = new Uint8Array(value.buffer, value.byteOffset + from, to - from);
    return crc32(bytes) === view.getUint32(HEAD_BYTES + index * ENTRY_BYTES + 4)
      ? accept(bytes)
      : refuse('store_damaged', 'the record has changed');
  };
  return { events, bytes: value.length, record };
};
