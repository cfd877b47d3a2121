import { equalBytes } from '../bytes/index.ts';
import { type Crypto, HASH_BYTES } from '../crypto/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { emptyRoot, nodeHash } from './merkle-tree.ts';

/**
 * An append-only Merkle tree that keeps only what appending and its root need: the peaks, which are the roots
 * of the full subtrees that the leaves form, left to right and so from the largest to the smallest. A tree of
 * n leaves has as many peaks as n has one bits. Trees are values: appending gives a new one.
 */
export interface CompactTree {
  /** Leaves so far. */
  readonly events: number;
  /** Hashes of 32 bytes each. */
  readonly peaks: readonly Uint8Array[];
}

/** The tree without leaves. */
export const emptyTree: CompactTree = { events: 0, peaks: [] };

/** The tree with one more leaf hash. */
export const appendLeaf = (crypto: Crypto, tree: CompactTree, leaf: Uint8Array): CompactTree =>
  appendLeaves(crypto, tree, [leaf]);

/** The tree with more leaf hashes, in order: one node hash per leaf on average. */
export const appendLeaves = (
  crypto: Crypto,
  tree: CompactTree,
  leaves: readonly Uint8Array[],
): CompactTree => {
  const peaks = [...tree.peaks];
  let events = tree.events;
  for (const leaf of leaves) {
    let peak = leaf;
    // Like adding one in binary: each one bit at the end is a full subtree that joins the new one.
    for (let bits = events; bits % 2 === 1; bits = (bits - 1) / 2) {
      const left = peaks.pop();
      if (left === undefined)
        throw new TypeError(`${tree.peaks.length} peaks make no tree of ${tree.events}`);
      peak = nodeHash(crypto, left, peak);
    }
    peaks.push(peak);
    events += 1;
  }
  return { events, peaks };
};

/** Root of the tree; equal to that of {@link merkleRoot} over the same leaves. */
export const treeRoot = (crypto: Crypto, tree: CompactTree): Uint8Array =>
  tree.peaks.length === 0
    ? emptyRoot(crypto)
    : tree.peaks.reduceRight((right, left) => nodeHash(crypto, left, right));

/**
 * The tree that stored peaks stand for. Only their shape can be checked: compare {@link treeRoot} with a signed
 * root before relying on it.
 */
export const compactTreeFromPeaks = (
  events: number,
  peaks: readonly Uint8Array[],
): Verdict<CompactTree, 'bad_peaks'> => {
  if (!Number.isSafeInteger(events) || events < 0) {
    return refuse('bad_peaks', `${events} is no number of leaves`);
  }
  if (peaks.length !== peakSizes(events).length) {
    return refuse(
      'bad_peaks',
      `a tree of ${events} leaves has ${peakSizes(events).length} peaks, not ${peaks.length}`,
    );
  }
  const bad = peaks.findIndex((peak) => peak.length !== HASH_BYTES);
  if (bad >= 0) return refuse('bad_peaks', `peak ${bad} has ${peaks[bad]?.length} bytes, not ${HASH_BYTES}`);
  return accept({ events, peaks });
};

/**
 * Whether one tree can have become another by appending leaves, as far as peaks tell: the full subtrees that both have at
 * the same place are the same. What has joined a larger subtree since cannot be told.
 */
export const mayGrowTo = (tree: CompactTree, later: CompactTree): boolean => {
  if (later.events < tree.events) return false;
  const sizes = peakSizes(later.events);
  for (const [i, size] of peakSizes(tree.events).entries()) {
    // Here a larger subtree of the later tree begins, which covers all that is left.
    if (size !== sizes[i]) return true;
    const [peak, same] = [tree.peaks[i], later.peaks[i]];
    if (peak === undefined || same === undefined || !equalBytes(peak, same)) return false;
  }
  return true;
};

/** Leaves below each peak of a tree, from the largest to the smallest. */
const peakSizes = (events: number): readonly number[] => {
  const sizes: number[] = [];
  let rest = events;
  for (let size = 1; rest > 0; size *= 2) {
    if (rest % 2 === 1) sizes.unshift(size);
    rest = Math.floor(rest / 2);
  }
  return sizes;
};
