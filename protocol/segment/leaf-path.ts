import { type Crypto, HASH_BYTES } from '../crypto/index.ts';
import { nodeHash } from './merkle-tree.ts';
import { inclusionProof, siblingSides } from './proofs.ts';

/**
 * The way from one leaf up to the root: the siblings of its inclusion proof (RFC 9162, section 2.1.3), those on
 * either side apart.
 *
 * Left siblings are roots of full subtrees and together stand for exactly the leaves before this one, so they
 * are the peaks of the tree over these. Two trees, of any sizes, begin with the same `index` leaves exactly if
 * the paths of leaf `index` have the same `peaks`.
 */
export interface LeafPath {
  /** Place of the leaf, from 0. */
  readonly index: number;
  /** Leaves of the tree. */
  readonly events: number;
  readonly leaf: Uint8Array;
  /** Siblings on the left side, left to right: as many as `index` has one bits. */
  readonly peaks: readonly Uint8Array[];
  /** Siblings on the right side, the lowest first. */
  readonly rest: readonly Uint8Array[];
}

/**
 * The path of one leaf.
 * @throws RangeError when there is no such leaf
 */
export const leafPath = (crypto: Crypto, leaves: readonly Uint8Array[], index: number): LeafPath => {
  const proof = inclusionProof(crypto, leaves, index);
  const sides = siblingSides(index, leaves.length);
  return {
    index,
    events: leaves.length,
    leaf: leaves[index] ?? new Uint8Array(),
    peaks: proof.filter((_, i) => sides[i] === 'left').reverse(),
    rest: proof.filter((_, i) => sides[i] === 'right'),
  };
};

/** The root to which a path leads; undefined when its numbers or hashes make no path. Never throws. */
export const pathRoot = (crypto: Crypto, path: LeafPath): Uint8Array | undefined => {
  const { index, events, leaf, peaks, rest } = path;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(events)) return undefined;
  if (index < 0 || index >= events) return undefined;
  if (![leaf, ...peaks, ...rest].every((hash) => hash.length === HASH_BYTES)) return undefined;
  const left = [...peaks];
  const right = [...rest].reverse();
  let hash = leaf;
  for (const side of siblingSides(index, events)) {
    const sibling = side === 'left' ? left.pop() : right.pop();
    if (sibling === undefined) return undefined;
    hash = side === 'left' ? nodeHash(crypto, sibling, hash) : nodeHash(crypto, hash, sibling);
  }
  return left.length === 0 && right.length === 0 ? hash : undefined;
};
