import { equalBytes } from '../bytes/index.ts';
import { type Crypto, HASH_BYTES } from '../crypto/index.ts';
import { emptyRoot, merkleRoot, nodeHash } from './merkle-tree.ts';

/** Claim that a leaf stands at a place of the tree with a given root. */
export interface InclusionClaim {
  /** Place of the leaf, from 0. */
  readonly index: number;
  /** Leaves of the tree. */
  readonly events: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Claim that the tree with the new root begins with the leaves of the tree with the old one. */
export interface ConsistencyClaim {
  readonly oldEvents: number;
  readonly newEvents: number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Inclusion proof (RFC 9162, section 2.1.3.1): the siblings on the way from a leaf up to the root.
 * @throws RangeError when there is no such leaf
 */
export const inclusionProof = (
  crypto: Crypto,
  leaves: readonly Uint8Array[],
  index: number,
): readonly Uint8Array[] => {
  if (!isCount(index) || index >= leaves.length) {
    throw new RangeError(`a tree of ${leaves.length} leaves has no leaf ${index}`);
  }
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return index < split
    ? [...inclusionProof(crypto, left, index), merkleRoot(crypto, right)]
    : [...inclusionProof(crypto, right, index - split), merkleRoot(crypto, left)];
};

/** Checks an inclusion proof (RFC 9162, section 2.1.3.2). Any input gives an answer; none throws. */
export const verifyInclusion = (crypto: Crypto, claim: InclusionClaim): boolean => {
  const { index, events, leaf, proof, root } = claim;
  if (!isCount(index) || !isCount(events) || index >= events) return false;
  if (![leaf, root, ...proof].every(isHash)) return false;
  let node = index;
  let last = events - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(crypto, sibling, hash);
      // The last node of a level has no sibling there as long as it is a left one: it rises unhashed.
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else hash = nodeHash(crypto, hash, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && equalBytes(hash, root);
};

/**
 * On which side of the path from a leaf up to the root each sibling of its inclusion proof stands, the lowest
 * first. The last node of a level has no sibling there as long as it is a left one.
 */
export const siblingSides = (index: number, events: number): readonly ('left' | 'right')[] => {
  const sides: ('left' | 'right')[] = [];
  for (let node = index, last = events - 1; last > 0; node = half(node), last = half(last)) {
    if (isOdd(node)) sides.push('left');
    else if (node < last) sides.push('right');
  }
  return sides;
};

/**
 * Consistency proof (RFC 9162, section 2.1.4.1) between the tree of the first `oldEvents` leaves and that of
 * all of them. Between equal trees, and from the empty one, there is nothing to show: the proof is empty.
 * @throws RangeError when there are not that many leaves
 */
export const consistencyProof = (
  crypto: Crypto,
  leaves: readonly Uint8Array[],
  oldEvents: number,
): readonly Uint8Array[] => {
  if (!isCount(oldEvents) || oldEvents > leaves.length) {
    throw new RangeError(`a tree of ${leaves.length} leaves has no older tree of ${oldEvents}`);
  }
  return oldEvents === 0 ? [] : subproof(crypto, leaves, oldEvents, true);
};

/** Checks a consistency proof (RFC 9162, section 2.1.4.2). Any input gives an answer; none throws. */
export const verifyConsistency = (crypto: Crypto, claim: ConsistencyClaim): boolean => {
  const { oldEvents, newEvents, oldRoot, newRoot, proof } = claim;
  if (!isCount(oldEvents) || !isCount(newEvents) || oldEvents > newEvents) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (newEvents === 0 && !equalBytes(newRoot, emptyRoot(crypto))) return false;
  if (oldEvents === 0) return proof.length === 0 && equalBytes(oldRoot, emptyRoot(crypto));
  if (oldEvents === newEvents) return proof.length === 0 && equalBytes(oldRoot, newRoot);

  let oldNode = oldEvents - 1;
  let newNode = newEvents - 1;
  while (isOdd(oldNode)) {
    oldNode = half(oldNode);
    newNode = half(newNode);
  }
  // An old tree that is full is itself the first node of the path, and left out of the proof.
  const [start, ...rest] = oldNode === 0 ? [oldRoot, ...proof] : proof;
  if (start === undefined) return false;
  let oldHash = start;
  let newHash = start;
  for (const sibling of rest) {
    if (newNode === 0) return false;
    if (isOdd(oldNode) || oldNode === newNode) {
      oldHash = nodeHash(crypto, sibling, oldHash);
      newHash = nodeHash(crypto, sibling, newHash);
      while (!isOdd(oldNode) && oldNode !== 0) {
        oldNode = half(oldNode);
        newNode = half(newNode);
      }
    } else newHash = nodeHash(crypto, newHash, sibling);
    oldNode = half(oldNode);
    newNode = half(newNode);
  }
  return newNode === 0 && equalBytes(oldHash, oldRoot) && equalBytes(newHash, newRoot);
};

/** SUBPROOF of RFC 9162; `known` while the verifier holds the root of the old part as the old root itself. */
const subproof = (
  crypto: Crypto,
  leaves: readonly Uint8Array[],
  oldEvents: number,
  known: boolean,
): readonly Uint8Array[] => {
  if (oldEvents === leaves.length) return known ? [] : [merkleRoot(crypto, leaves)];
  const split = splitOf(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return oldEvents <= split
    ? [...subproof(crypto, left, oldEvents, known), merkleRoot(crypto, right)]
    : [...subproof(crypto, right, oldEvents - split, false), merkleRoot(crypto, left)];
};

/** The largest power of two below a count of at least two: how many leaves stand left of the root. */
const splitOf = (count: number): number => {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
};

// Counts reach up to 2^53 - 1, where bit operators would cut them to 32 bits.
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
const isHash = (bytes: Uint8Array): boolean => bytes.length === HASH_BYTES;
