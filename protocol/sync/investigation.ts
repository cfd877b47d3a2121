import { equalBytes } from '../bytes/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import { buildEvidence, compareManifests, type Evidence } from '../evidence/index.ts';
import type { Fault, Verdict } from '../fault/index.ts';
import {
  commitmentOf,
  describeSegment,
  formatHash,
  type Manifest,
  verifyManifest,
} from '../manifest/index.ts';
import { merkleRoot } from '../segment/index.ts';
import { heldLeaves } from './held-leaves.ts';
import { askManifest, type Inquiry, type InquiryContext, type InquiryFault } from './inquiry-steps.ts';
import { findSuspect, type Suspect } from './investigation-bisection.ts';
import { findLeaf } from './investigation-descent.ts';

/** What an investigation finds. */
export type InvestigationVerdict =
  /** The owner of the log has signed two histories; complete and verified. */
  | { readonly type: 'evidence'; readonly evidence: Evidence }
  /** The remote's answers contradict what it signed or says. */
  | { readonly type: 'remote-fault'; readonly fault: Fault<InquiryFault> }
  /** The own store does not hold what it should. */
  | { readonly type: 'own-damage'; readonly damage: SegmentDamage }
  /** As far as both replicas hold the log, they hold one history. */
  | { readonly type: 'agreed' };

/** What is wrong with a stored segment. */
export interface SegmentDamage {
  readonly origin: Origin;
  readonly segment: number;
  /** Whether the manifest is missing, unsigned or follows another history than the one before it. */
  readonly manifest: boolean;
  /** Records that cannot be read; none although the records do not make the root: it is not known which. */
  readonly seqs: readonly Seq[];
}

/**
 * Finds out why a remote's copy of a log does not fit the own one. Starts when a range or a head of it does not
 * verify against what is held, when commitments at one position differ, or when a manifest of an older segment
 * contradicts the own one.
 *
 * First the commitments lead to the first segment that may differ, then its two manifests are compared, and where
 * they do not decide, the remote's tree leads to the first leaf that differs.
 */
export function* investigate(context: InquiryContext, origin: Origin): Inquiry<InvestigationVerdict> {
  const suspicion = yield* findSuspect(context, origin);
  if (!suspicion.ok) return { type: 'remote-fault', fault: suspicion.fault };
  if (suspicion.value.type === 'own-damage') return damaged(origin, suspicion.value.segment, true);
  const { suspect } = suspicion.value;
  const theirs = yield* askManifest(context, origin, suspect.segment);
  if (!theirs.ok) return { type: 'remote-fault', fault: theirs.fault };
  const fault = contradiction(context, origin, suspect, theirs.value);
  if (fault !== undefined) return { type: 'remote-fault', fault };
  const newest = context.logs.newest(origin);
  if (theirs.value === undefined || newest === undefined || newest.segment < suspect.segment) return AGREED;
  const mine = context.logs.manifest(origin, suspect.segment);
  if (mine === undefined || !isSound(context, mine, suspect)) return damaged(origin, suspect.segment, true);
  return yield* compareSegments(context, mine, theirs.value);
}

const AGREED: InvestigationVerdict = { type: 'agreed' };

const damaged = (
  origin: Origin,
  segment: number,
  manifest: boolean,
  seqs: readonly Seq[] = [],
): InvestigationVerdict => ({ type: 'own-damage', damage: { origin, segment, manifest, seqs } });

/** Whether the manifest that the remote shows is not the one that its commitments speak of. */
const contradiction = (
  { crypto }: InquiryContext,
  origin: Origin,
  { segment, before, claimed, differs }: Suspect,
  manifest: Manifest | undefined,
): Fault<InquiryFault> | undefined => {
  const name = describeSegment({ origin, segment });
  if (manifest === undefined) {
    const message = `says that its history differs and does not show ${name}`;
    return differs ? { code: 'withheld', message } : undefined;
  }
  if (manifest.prev !== formatHash(before)) {
    return { code: 'answer_contradicts', message: `${name} does not follow the history before it` };
  }
  return claimed === undefined || equalBytes(claimed, commitmentOf(crypto, manifest))
    ? undefined
    : { code: 'answer_contradicts', message: `commits to another ${name} than its manifest` };
};

/** Whether an own manifest is what the owner of the log signed, after the history that both replicas hold. */
const isSound = ({ crypto, space }: InquiryContext, manifest: Manifest, { before }: Suspect): boolean =>
  manifest.prev === formatHash(before) && verifyManifest(crypto, manifest, { space }).ok;

/** Two sound manifests of one segment after one history: do their records begin alike? */
function* compareSegments(
  context: InquiryContext,
  mine: Manifest,
  theirs: Manifest,
): Inquiry<InvestigationVerdict> {
  const { crypto, space } = context;
  const comparison = compareManifests(crypto, mine, theirs);
  if (!('needs' in comparison)) return AGREED;
  if (comparison.needs === 'nothing') {
    return verdictOn(buildEvidence(crypto, space, { manifest: mine }, { manifest: theirs }));
  }
  const { origin, segment } = mine;
  const { leaves, missing } = heldLeaves(crypto, context.logs, mine);
  if (missing.length > 0) return damaged(origin, segment, false, missing);
  const root = formatHash(merkleRoot(crypto, leaves));
  if (root !== mine.root) return damaged(origin, segment, false);
  if (theirs.events < mine.events) {
    const beginning = formatHash(merkleRoot(crypto, leaves.slice(0, theirs.events)));
    if (beginning === theirs.root && !theirs.sealed) return AGREED;
    if (beginning === theirs.root) {
      return verdictOn(buildEvidence(crypto, space, { manifest: mine, leaves }, { manifest: theirs }));
    }
  }
  const path = yield* findLeaf(context, theirs, leaves);
  if (!path.ok) return { type: 'remote-fault', fault: path.fault };
  if (path.value.index === mine.events && !mine.sealed) return AGREED;
  return verdictOn(
    buildEvidence(crypto, space, { manifest: mine, leaves }, { manifest: theirs, path: path.value }),
  );
}

const verdictOn = (evidence: Verdict<Evidence>): InvestigationVerdict =>
  evidence.ok
    ? { type: 'evidence', evidence: evidence.value }
    : { type: 'remote-fault', fault: { code: 'answer_contradicts', message: evidence.fault.message } };
