import type { Crypto, Signer } from '../crypto/index.ts';
import { leafHasher } from '../event/index.ts';
import { appendLeaves, type CompactTree, emptyTree, mayGrowTo, treeRoot } from '../segment/index.ts';
import { formatHash } from './commitment.ts';
import type { Manifest } from './manifest.ts';
import { signedTree, type VerifiedTail } from './range-verification.ts';
import { signManifest } from './signing.ts';

/** The beginning of a signed segment of which the rest cannot be read. */
export interface SegmentPart {
  /** Newest manifest of the segment. */
  readonly segment: Manifest;
  /** Its first records. */
  readonly records: readonly Uint8Array[];
  /** Newest position of the log. */
  readonly tail: VerifiedTail | undefined;
}

/**
 * Signs a head over the first records of a segment of the signer's own log. It is one that could have been signed before
 * the segment got longer, so it contradicts nothing.
 *
 * Nothing but the checksums of a store says that records are those which were signed, where the peaks of the log's end do
 * not: signing others would make a fork of the log.
 *
 * @returns undefined when there are no records, or the peaks say that they are others, or are damaged themselves
 * @throws SmoError `unknown_key` when the log is not the signer's own
 */
export const signPart = (
  crypto: Crypto,
  signer: Signer,
  { segment, records, tail }: SegmentPart,
  nowMs: number,
): Manifest | undefined => {
  const { origin, firstSeq } = segment;
  const hashLeaf = leafHasher(crypto, origin);
  const leaves = records.map((record, i) => hashLeaf(firstSeq + i, record));
  const tree = appendLeaves(crypto, emptyTree, leaves);
  if (records.length === 0 || !mayBeOf(crypto, segment, tree, tail)) return undefined;
  const { signature: _, ...body } = segment;
  return signManifest(signer, {
    ...body,
    events: tree.events,
    bytes: records.reduce((sum, { length }) => sum + length, 0),
    root: formatHash(treeRoot(crypto, tree)),
    sealed: false,
    createdAt: nowMs,
  });
};

/** Whether a tree can be that of the beginning of a segment, as far as the log's end tells. */
const mayBeOf = (
  crypto: Crypto,
  { segment }: Manifest,
  tree: CompactTree,
  tail: VerifiedTail | undefined,
): boolean => {
  if (tail?.manifest.segment !== segment) return true;
  const whole = signedTree(crypto, tail);
  return whole !== undefined && mayGrowTo(tree, whole);
};
