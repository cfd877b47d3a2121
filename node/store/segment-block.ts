import { crc32 } from 'node:zlib';
import { accept, refuse, type Verdict } from '../../protocol/fault/index.ts';
import { SEGMENT_LIMITS } from '../../protocol/segment/index.ts';
import {
  INDEX_ENTRY_BYTES,
  packChunk,
  type RecordChunk,
  type UnpackedChunk,
  unpackChunk,
} from './record-chunk.ts';

/** A sealed segment as one value of the store. */
export interface SegmentBlock {
  readonly events: number;
  /** Bytes that it takes in memory once all of it has been read. */
  readonly bytes: number;
  /**
   * The record at a place in the segment, a view of what was read; or why it cannot be read.
   * @param index from 0 to `events` - 1
   */
  record(index: number): Verdict<Uint8Array, 'store_damaged'>;
}

/** Which layout a block has, where one of the layout before has the upper half of its count: always 0. */
export const BLOCK_LAYOUT = 1;

/** Offset of the layout within a block. */
export const LAYOUT_AT = 4;

/**
 * Bytes of records that are compressed together, if there is more than one: a reader of one record unpacks that much,
 * and damage costs that much. Larger ones save little (docs/decisions/0044).
 */
export const CHUNK_BYTES_MAX = 64 * 1024;

/**
 * Packs the records of a sealed segment into the value that is stored under `key`:
 *
 * | part   | bytes          | holds                                                              |
 * |--------|----------------|--------------------------------------------------------------------|
 * | head   | 4              | CRC-32 of key, rest of the head and table, big-endian like all that follow |
 * |        | 2              | layout: 1                                                          |
 * |        | 2              | count of chunks                                                    |
 * | table  | 16 each chunk  | count of its records; its bytes unpacked, and stored; CRC-32 of the stored ones |
 * | chunks | the rest       | records, compressed ({@link packChunk})                            |
 *
 * Damage of a chunk costs its records, damage of the rest the whole segment. A record that is lost stays so.
 *
 * @throws RangeError when there are more records, or bytes of them, than a segment may have
 */
export const encodeBlock = async (
  key: Uint8Array,
  records: readonly (Uint8Array | undefined)[],
): Promise<Uint8Array> => {
  const parts = cut(records);
  const chunks = await Promise.all(parts.map(packChunk));
  const chunksAt = HEAD_BYTES + chunks.length * ENTRY_BYTES;
  const block = new Uint8Array(chunks.reduce((bytes, { stored }) => bytes + stored.length, chunksAt));
  const view = new DataView(block.buffer);
  view.setUint16(LAYOUT_AT, BLOCK_LAYOUT);
  view.setUint16(COUNT_AT, chunks.length);
  let at = chunksAt;
  for (const [index, { bytes, stored }] of chunks.entries()) {
    const entry = [parts[index]?.length ?? 0, bytes, stored.length, crc32(stored)];
    for (const [i, value] of entry.entries()) view.setUint32(HEAD_BYTES + index * ENTRY_BYTES + i * 4, value);
    block.set(stored, at);
    at += stored.length;
  }
  view.setUint32(0, crc32(block.subarray(LAYOUT_AT, chunksAt), crc32(key)));
  return block;
};

/**
 * Reads a block that {@link encodeBlock} made for `key`; undefined when its head or table is damaged, and so no record
 * can be found. A chunk is unpacked when the first of its records is asked for.
 */
export const decodeBlock = (key: Uint8Array, value: Uint8Array): SegmentBlock | undefined => {
  const table = readTable(key, value);
  if (table === undefined) return undefined;
  const unpacked = new Map<TableEntry, UnpackedChunk | undefined>();
  return {
    events: table.reduce((count, { events }) => count + events, 0),
    bytes: table.reduce((sum, { bytes, events }) => sum + bytes + events * INDEX_ENTRY_BYTES, value.length),
    record(index) {
      const entry = table.find(({ firstIndex, events }) => index < firstIndex + events);
      if (entry === undefined || index < 0) throw new RangeError(`a block has no record at ${index}`);
      if (!unpacked.has(entry)) unpacked.set(entry, unpackEntry(entry));
      const chunk = unpacked.get(entry);
      if (chunk === undefined) return CHANGED;
      const record = chunk.record(index - entry.firstIndex);
      return record === undefined ? LOST : accept(record);
    },
  };
};

/** Bytes of the head of a block. */
const HEAD_BYTES = 8;

/** Offset of the count of chunks. */
const COUNT_AT = 6;

/** Bytes of each entry of the table. */
const ENTRY_BYTES = 16;

/** Most bytes of all chunks unpacked: those of the records, and of the length of each, three at most. */
const UNPACKED_BYTES_MAX = SEGMENT_LIMITS.bytesMax + 3 * SEGMENT_LIMITS.eventsMax;

const CHANGED = refuse('store_damaged', 'the chunk of records that holds it has changed');
const LOST = refuse('store_damaged', 'the record was lost before the segment was packed');

interface TableEntry extends RecordChunk {
  readonly firstIndex: number;
  readonly events: number;
  readonly checksum: number;
}

const unpackEntry = (entry: TableEntry): UnpackedChunk | undefined =>
  crc32(entry.stored) === entry.checksum ? unpackChunk(entry, entry.events) : undefined;

/** The records of each chunk. */
const cut = (
  records: readonly (Uint8Array | undefined)[],
): readonly (readonly (Uint8Array | undefined)[])[] => {
  const parts: (Uint8Array | undefined)[][] = [];
  let whole = 0;
  let bytes = CHUNK_BYTES_MAX;
  for (const record of records) {
    const size = record?.length ?? 0;
    whole += size;
    bytes += size;
    if (bytes > CHUNK_BYTES_MAX || parts.length === 0) {
      parts.push([]);
      bytes = size;
    }
    parts.at(-1)?.push(record);
  }
  if (records.length > SEGMENT_LIMITS.eventsMax || whole > SEGMENT_LIMITS.bytesMax) {
    throw new RangeError(`a segment cannot have ${records.length} records of ${whole} bytes`);
  }
  return parts;
};

const readTable = (key: Uint8Array, value: Uint8Array): readonly TableEntry[] | undefined => {
  if (value.length < HEAD_BYTES) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const count = view.getUint16(COUNT_AT);
  const chunksAt = HEAD_BYTES + count * ENTRY_BYTES;
  if (view.getUint16(LAYOUT_AT) !== BLOCK_LAYOUT || chunksAt > value.length) return undefined;
  if (crc32(value.subarray(LAYOUT_AT, chunksAt), crc32(key)) !== view.getUint32(0)) return undefined;

  const table: TableEntry[] = [];
  let [at, firstIndex, unpackedBytes] = [chunksAt, 0, 0];
  for (let entryAt = HEAD_BYTES; entryAt < chunksAt; entryAt += ENTRY_BYTES) {
    const [events, bytes, size, checksum] = readEntry(view, entryAt);
    table.push({ firstIndex, events, bytes, stored: value.subarray(at, at + size), checksum });
    at += size;
    firstIndex += events;
    unpackedBytes += bytes;
  }
  const bounded = firstIndex <= SEGMENT_LIMITS.eventsMax && unpackedBytes <= UNPACKED_BYTES_MAX;
  return bounded && at === value.length ? table : undefined;
};

const readEntry = (view: DataView, at: number): readonly [number, number, number, number] => [
  view.getUint32(at),
  view.getUint32(at + 4),
  view.getUint32(at + 8),
  view.getUint32(at + 12),
];
