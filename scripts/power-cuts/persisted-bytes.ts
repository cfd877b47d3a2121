import type { Draws } from '../draws.ts';
import { bytesAfter } from './file-bytes.ts';
import type { Change, NodeId } from './operation.ts';

/** Bytes that a disk writes as one. */
const SECTOR_BYTES = 512;

/** What is left of bytes that were not synced. `any` is one of the first three. */
export type PersistedBytes = 'all' | 'none' | 'first' | 'any' | 'sectors';

/** A change of a file, and which operation it was. */
export interface TimedChange {
  readonly at: number;
  readonly change: Change;
}

/**
 * The bytes of a file after a power cut.
 * @param upTo before which operation all writes are `synced`, and before which all names are there; that a file is cut off
 *   counts as a name does
 */
export const persistedBytes = (
  changes: readonly TimedChange[],
  { synced, named }: { readonly synced: number; readonly named: number },
  left: PersistedBytes,
  draws: Draws,
): Uint8Array => {
  const way = left === 'any' ? draws.weighted({ all: 1, none: 1, first: 2 }) : left;
  const loose = changes.reduce((sum, { at, change }) => (at < synced ? sum : sum + lengthOf(change)), 0);
  let first = way === 'first' ? draws.between(0, loose) : 0;
  return bytesAfter(
    changes.flatMap(({ at, change }): readonly Change[] => {
      if (change.type === 'truncate') return at < named ? [change] : [];
      if (at < synced || way === 'all') return [change];
      if (way === 'none') return [];
      if (way === 'sectors') return sectorsOf(change, draws);
      const bytes = change.bytes.subarray(0, first);
      first -= bytes.length;
      return [{ ...change, bytes }];
    }),
  );
};

const lengthOf = (change: Change): number => (change.type === 'write' ? change.bytes.length : 0);

type Write = Extract<Change, { readonly type: 'write' }>;

/** Some of the sectors of a write. The file is as long as if all had been written. */
const sectorsOf = ({ node, offset, bytes }: Write, draws: Draws): readonly Write[] => {
  const end = offset + bytes.length;
  const parts: Write[] = [lengthening(node, end)];
  for (let from = offset; from < end; ) {
    const to = Math.min(end, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    const sector = bytes.subarray(from - offset, to - offset);
    if (draws.chance(0.5)) parts.push({ type: 'write', node, offset: from, bytes: sector });
    from = to;
  }
  return parts;
};

const lengthening = (node: NodeId, length: number): Write => ({
  type: 'write',
  node,
  offset: length,
  bytes: new Uint8Array(),
});
