import { crc32c, somePrefixHasCrc32c, unmaskCrc32c } from './crc32c.ts';

/** LevelDB cuts its log files into blocks; no fragment crosses the end of one (LevelDB doc/log_format.md). */
const BLOCK_BYTES = 32_768;

/** Head of a fragment: masked CRC-32C of type and data (4 bytes), length (2), type (1), little-endian. */
const HEAD_BYTES = 7;

/** Types of fragments; a batch is one FULL, or FIRST, any number of MIDDLE, LAST. */
const TYPE = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** Zeros at the end of a batch that tell one which was never written to its end from one that changed later. */
const ZEROS_MIN = 16;

/** What a log file of LevelDB holds. */
export interface LevelLog {
  /** Whole batches before the first damage. */
  readonly batches: readonly Uint8Array[];
  /** Offset in bytes at which the last of them ends. */
  readonly intactBytes: number;
  /** The first damage; undefined when there is none. */
  readonly damage: { readonly offset: number; readonly what: string } | undefined;
}

/**
 * Reads a log file of LevelDB (the journal of writes `NNNNNN.log`, or `MANIFEST-NNNNNN`) more strictly than
 * LevelDB does: when it opens a database it skips over damaged batches in silence and deletes the journal, so
 * that what they held vanishes unnoticed, and even later batches than the lost one may survive.
 *
 * A batch cut short at the end of the file is no damage: that is what a write looks like that a crash
 * interrupted, and no such write has ever been acknowledged. Any one changed byte of a whole batch is damage.
 */
export const readLevelLog = (bytes: Uint8Array): LevelLog => {
  const zerosFrom = trailingZeros(bytes);
  const batches: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let offset = 0;
  let intactBytes = 0;
  const damaged = (what: string): LevelLog => ({ batches, intactBytes, damage: { offset, what } });
  while (offset < bytes.length) {
    const blockEnd = Math.min(bytes.length, (Math.floor(offset / BLOCK_BYTES) + 1) * BLOCK_BYTES);
    if (blockEnd - offset < HEAD_BYTES) {
      offset = blockEnd;
      continue;
    }
    const fragment = readFragment(bytes, offset, blockEnd, zerosFrom);
    if (fragment.state === 'cut short') break;
    if (fragment.state === 'damaged') return damaged('a batch does not fit its checksum');
    const { type, data } = fragment;
    const starts = type === TYPE.full || type === TYPE.first;
    if (starts !== (parts.length === 0)) return damaged('the parts of a batch do not follow each other');
    parts.push(data);
    offset += HEAD_BYTES + data.length;
    if (type === TYPE.full || type === TYPE.last) {
      batches.push(parts.length === 1 ? data : new Uint8Array(Buffer.concat(parts)));
      parts = [];
      intactBytes = offset;
    }
  }
  return { batches, intactBytes, damage: undefined };
};

type Fragment =
  | { readonly state: 'whole'; readonly type: number; readonly data: Uint8Array }
  | { readonly state: 'cut short' }
  | { readonly state: 'damaged' };

/** @param zerosFrom where the zeros at the end of the file begin: space that was allotted and never written to */
const readFragment = (bytes: Uint8Array, offset: number, blockEnd: number, zerosFrom: number): Fragment => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = unmaskCrc32c(view.getUint32(offset, true));
  const length = view.getUint16(offset + 4, true);
  const type = view.getUint8(offset + 6);
  const end = offset + HEAD_BYTES + length;
  const checkedFrom = offset + HEAD_BYTES - 1;
  const known = type >= TYPE.full && type <= TYPE.last;
  if (end <= blockEnd && known && crc32c(bytes.subarray(checkedFrom, end)) === expected) {
    return { state: 'whole', type, data: bytes.subarray(offset + HEAD_BYTES, end) };
  }
  const fewZeros = bytes.length - zerosFrom < ZEROS_MIN;
  if (zerosFrom <= offset || (zerosFrom < Math.max(end, checkedFrom) && !fewZeros))
    return { state: 'cut short' };
  const reachesOut = end > blockEnd && blockEnd === bytes.length;
  // The checksum does not cover the length: where another length fits, it is the length that has changed.
  const cutShort = reachesOut && !somePrefixHasCrc32c(bytes.subarray(checkedFrom, blockEnd), expected);
  return cutShort ? { state: 'cut short' } : { state: 'damaged' };
};

/** Offset at which the zeros at the end of the file begin. */
const trailingZeros = (bytes: Uint8Array): number => bytes.findLastIndex((byte) => byte !== 0) + 1;
