import { equalBytes } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { refuse, type Verdict } from '../fault/index.ts';
import type { Manifest, SpaceId } from '../manifest/index.ts';
import { type LeafPath, leafPath } from '../segment/index.ts';
import { manifestText } from './codec.ts';
import type { Branch, Evidence, ForkProof } from './evidence.ts';
import type { EvidenceFault } from './evidence-fault.ts';
import { verifyEvidence } from './verification.ts';

/** What is known of one of two histories. */
export interface KnownHistory {
  readonly manifest: Manifest;
  /** All leaf hashes that the manifest covers, in order. */
  readonly leaves?: readonly Uint8Array[];
  /**
   * Instead of the leaves: the path of the first leaf that differs. A sealed manifest that ends where the other
   * goes on needs neither.
   */
  readonly path?: LeafPath;
}

/**
 * Evidence that two signed manifests of one segment cannot be of one history. All leaves of at least one of them
 * have to be known, unless the segment begins at different seqs.
 *
 * @returns what {@link verifyEvidence} accepts, or why there is none: `no_contradiction` when one history holds
 *   both, `bad_proof` when what is known does not make the roots or does not suffice
 */
export const buildEvidence = (
  crypto: Crypto,
  space: SpaceId,
  a: KnownHistory,
  b: KnownHistory,
): Verdict<Evidence, EvidenceFault> => {
  const [first, second] = manifestText(a.manifest) < manifestText(b.manifest) ? [a, b] : [b, a];
  const proof = proveFork(crypto, first, second);
  if (proof === 'unknown') return refuse('bad_proof', 'too little is known of the two histories');
  const evidence = {
    origin: first.manifest.origin,
    first: first.manifest,
    second: second.manifest,
    proof,
  };
  const verdict = verifyEvidence(crypto, space, evidence);
  return verdict.ok ? { ok: true, value: evidence } : verdict;
};

const proveFork = (
  crypto: Crypto,
  first: KnownHistory,
  second: KnownHistory,
): ForkProof | undefined | 'unknown' => {
  if (first.manifest.firstSeq !== second.manifest.firstSeq) return undefined;
  const index = indexOfFork(first, second);
  const [one, two] = [pathAt(crypto, first, index), pathAt(crypto, second, index)];
  if (one === 'unknown' || two === 'unknown') return 'unknown';
  if (one === undefined && two === undefined) {
    return first.manifest.root === second.manifest.root ? undefined : 'unknown';
  }
  return { index, peaks: (one ?? two)?.peaks ?? [], first: branchOf(one), second: branchOf(two) };
};

const indexOfFork = (first: KnownHistory, second: KnownHistory): number => {
  const [one, two] = [first.leaves, second.leaves];
  if (one === undefined || two === undefined) {
    return (first.path ?? second.path)?.index ?? Math.min(first.manifest.events, second.manifest.events);
  }
  const index = one.findIndex((leaf, i) => two[i] === undefined || !equalBytes(leaf, two[i]));
  return index < 0 ? one.length : index;
};

/** The path of the leaf where the histories part; undefined when this one ends there. */
const pathAt = (
  crypto: Crypto,
  { manifest, leaves, path }: KnownHistory,
  index: number,
): LeafPath | undefined | 'unknown' => {
  if (index === manifest.events) return undefined;
  if (path?.index === index) return path;
  return leaves !== undefined && index < leaves.length ? leafPath(crypto, leaves, index) : 'unknown';
};

const branchOf = (path: LeafPath | undefined): Branch | undefined =>
  path && { leaf: path.leaf, rest: path.rest };
