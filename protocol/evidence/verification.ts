import { equalBytes } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import {
  describeSegment,
  formatHash,
  type Manifest,
  type SpaceId,
  verifyManifest,
} from '../manifest/index.ts';
import { compactTreeFromPeaks, pathRoot, treeRoot } from '../segment/index.ts';
import type { Branch, Evidence, Fork, ForkProof } from './evidence.ts';
import type { EvidenceFault } from './evidence-fault.ts';

/**
 * Whether a decoded object proves that the owner of a log signed two histories, and where these part. Anyone
 * can tell, from the object and the id of the space alone. Never throws.
 */
export const verifyEvidence = (
  crypto: Crypto,
  space: SpaceId,
  evidence: Evidence,
): Verdict<Fork, EvidenceFault> => {
  const { origin, first, second, proof } = evidence;
  if (first.origin !== origin || second.origin !== origin) {
    return refuse('different_logs', 'the two manifests are not both of the log that they are evidence about');
  }
  const name = describeSegment(first);
  if (first.segment !== second.segment || first.prev !== second.prev) {
    return refuse('different_segments', `the other manifest is not about ${name} after the same history`);
  }
  for (const manifest of [first, second]) {
    const signed = verifyManifest(crypto, manifest, { space });
    if (!signed.ok) return signed as Verdict<never, EvidenceFault>;
  }
  if (first.firstSeq !== second.firstSeq) {
    if (proof !== undefined) return refuse('bad_proof', `${name} begins at two seqs, which needs no hashes`);
    return accept({ origin, seq: Math.min(first.firstSeq, second.firstSeq) });
  }
  if (proof === undefined) {
    return refuse('no_contradiction', `nothing shows that the two manifests of ${name} differ`);
  }
  return (
    verifyBranch(crypto, first, proof, proof.first) ??
    verifyBranch(crypto, second, proof, proof.second) ??
    (isFork(proof)
      ? accept({ origin, seq: first.firstSeq + proof.index })
      : refuse('no_contradiction', `both manifests of ${name} go on alike`))
  );
};

type Refusal = Verdict<never, EvidenceFault> | undefined;

/** Whether the leaves in common and what follows them make the root that a manifest signs. */
const verifyBranch = (
  crypto: Crypto,
  manifest: Manifest,
  { index, peaks }: ForkProof,
  branch: Branch | undefined,
): Refusal => {
  const name = describeSegment(manifest);
  if (branch === undefined && index === manifest.events && !manifest.sealed) {
    return refuse('no_contradiction', `${name} is open at ${index} records, so it may go on`);
  }
  const root =
    branch === undefined
      ? index === manifest.events && rootOfPeaks(crypto, index, peaks)
      : pathRoot(crypto, { index, events: manifest.events, leaf: branch.leaf, peaks, rest: branch.rest });
  return root && formatHash(root) === manifest.root
    ? undefined
    : refuse('bad_proof', `the hashes do not make the root of ${name} at ${manifest.events} records`);
};

const rootOfPeaks = (
  crypto: Crypto,
  events: number,
  peaks: readonly Uint8Array[],
): Uint8Array | undefined => {
  const tree = compactTreeFromPeaks(events, peaks);
  return tree.ok ? treeRoot(crypto, tree.value) : undefined;
};

/** Different leaves, or one side closed where the other goes on. */
const isFork = ({ first, second }: ForkProof): boolean => {
  if (first === undefined || second === undefined) return first !== second;
  return !equalBytes(first.leaf, second.leaf);
};
