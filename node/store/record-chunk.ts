import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompressSync } from 'node:zlib';
import { readVarint, writeVarint } from '../../protocol/bytes/index.ts';

/** Records that are compressed together, and so are lost together. */
export interface RecordChunk {
  /** Bytes of what {@link stored} unpacks to. */
  readonly bytes: number;
  readonly stored: Uint8Array;
}

const compress = promisify(zstdCompress);

/**
 * Packs records: `zstd(varint (length + 1) of each, then the records)`. One that is lost has 0 in the place of its
 * length. Another thread compresses them.
 */
export const packChunk = async (records: readonly (Uint8Array | undefined)[]): Promise<RecordChunk> => {
  const lengths: number[] = [];
  for (const record of records) writeVarint(lengths, record === undefined ? 0 : record.length + 1);
  let bytes = lengths.length;
  for (const record of records) bytes += record?.length ?? 0;
  const plain = new Uint8Array(bytes);
  plain.set(lengths);
  let at = lengths.length;
  for (const record of records) {
    if (record === undefined) continue;
    plain.set(record, at);
    at += record.length;
  }
  return { bytes, stored: await compress(plain, { params: PACKING, chunkSize: PACKED_PIECE_BYTES }) };
};

/** Bytes that an unpacked chunk takes for each of its records, beside those of the chunk. */
export const INDEX_ENTRY_BYTES = 8;

/** Records of a chunk, in one buffer. */
export interface UnpackedChunk {
  /** The record at a place, a view of the buffer; undefined when it was lost. */
  record(index: number): Uint8Array | undefined;
}

/**
 * Unpacks a chunk of so many records; undefined when it is none. Allocates little more than `bytes`, whatever it is
 * given: views of the records, kept as long as the chunk, would take 110 bytes each beside it.
 */
export const unpackChunk = ({ bytes, stored }: RecordChunk, events: number): UnpackedChunk | undefined => {
  const plain = decompress(stored, bytes);
  if (plain?.length !== bytes) return undefined;
  // As in the chunk: one more than the length of the record, and 0 where it was lost.
  const starts = new Uint32Array(events);
  const lengths = new Uint32Array(events);
  let at = 0;
  for (let index = 0; index < events; index += 1) {
    const length = readVarint(plain, at);
    if (length === undefined || length.value > bytes + 1) return undefined;
    lengths[index] = length.value;
    at = length.next;
  }
  for (const [index, length] of lengths.entries()) {
    starts[index] = at;
    at += Math.max(length - 1, 0);
  }
  if (at !== bytes) return undefined;
  return {
    record(index) {
      const [start = 0, length = 0] = [starts[index], lengths[index]];
      return length === 0 ? undefined : new Uint8Array(plain.buffer, plain.byteOffset + start, length - 1);
    },
  };
};

/** Higher levels take twice the time for each hundredth that they save (docs/decisions/0044). */
const PACKING = { [constants.ZSTD_c_compressionLevel]: 3 };

/** Size of the pieces in which Node takes up what is packed: most chunks are one. */
const PACKED_PIECE_BYTES = 64 * 1024;

/** A frame may ask for a window of 128 MiB, which would be allotted before its first byte: no more than 2 MiB here. */
const UNPACKING = { [constants.ZSTD_d_windowLogMax]: 21 };

/** Least size of the pieces in which Node hands out what is unpacked. */
const PIECE_BYTES_MIN = 64;

/** Node says nothing of a frame that is cut short, and gives what there is of it. */
const decompress = (stored: Uint8Array, bytes: number): Uint8Array | undefined => {
  try {
    return zstdDecompressSync(stored, {
      params: UNPACKING,
      maxOutputLength: Math.max(bytes, 1),
      chunkSize: Math.max(bytes, PIECE_BYTES_MIN),
    });
  } catch {
    return undefined;
  }
};
