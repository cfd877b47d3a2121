import { equalBytes } from '../bytes/index.ts';
import type { Origin } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { commitmentOf, EMPTY_COMMITMENT, verifyManifest } from '../manifest/index.ts';
import { askCommitments, type Inquiry, type InquiryContext, type InquiryFault } from './inquiry-steps.ts';
import { SYNC_LIMITS } from './limits.ts';

/** The first segment at whose end two replicas of a log may differ. */
export interface Suspect {
  readonly segment: number;
  /** Commitment to everything before it: the same on both sides, as the remote says. */
  readonly before: Uint8Array;
  /** What the remote says of its end; undefined when it is not sealed there. */
  readonly claimed: Uint8Array | undefined;
  /** Whether the remote has stated another commitment than the own one, here or further on. */
  readonly differs: boolean;
}

/** How a search ends: the segment, or an own manifest that cannot be read. */
export type Suspicion =
  | { readonly type: 'suspect'; readonly suspect: Suspect }
  | { readonly type: 'own-damage'; readonly segment: number };

/**
 * Finds the first segment at whose end the commitments of the own log and of the remote's differ, or beyond which
 * one of the two has no sealed segment. Each round asks for {@link SYNC_LIMITS.askSegmentsMax} commitments that
 * divide what is left evenly, so that a log of n segments takes log16(n) rounds.
 *
 * Equal commitments mean equal histories before them. So along the log they are equal first and differ then; a
 * remote that says otherwise contradicts itself. A commitment that is missing says nothing.
 */
export function* findSuspect(
  context: InquiryContext,
  origin: Origin,
): Inquiry<Verdict<Suspicion, InquiryFault>> {
  const newest = context.logs.newest(origin);
  const sealed = newest === undefined ? 0 : newest.segment + (newest.sealed ? 1 : 0);
  let found: Suspect = { segment: sealed, before: EMPTY_COMMITMENT, claimed: undefined, differs: false };
  let equal = -1;
  while (found.segment - equal > 1) {
    const segments = divide(equal, found.segment);
    const own = new Map<number, Uint8Array>();
    for (const segment of segments) {
      const manifest = context.logs.manifest(origin, segment);
      if (manifest === undefined) return accept({ type: 'own-damage', segment });
      own.set(segment, commitmentOf(context.crypto, manifest));
    }
    const remote = yield* askCommitments(origin, segments);
    if (!remote.ok) return remote;
    for (const [segment, commitment] of own) {
      const claimed = remote.value.get(segment);
      if (claimed !== undefined && equalBytes(claimed, commitment)) {
        equal = segment;
        found = { ...found, before: commitment };
      }
    }
    const next = segments.find((segment) => segment > equal) ?? found.segment;
    const differs = segments.find((segment) => differ(own.get(segment), remote.value.get(segment)));
    if (differs !== undefined && !isSigned(context, origin, differs)) {
      return accept({ type: 'own-damage', segment: differs });
    }
    if (differs !== undefined && differs < equal) {
      return refuse(
        'answer_contradicts',
        `says that histories differ before segment ${equal}, not at its end`,
      );
    }
    found = { ...found, differs: found.differs || differs !== undefined };
    if (next < found.segment) found = { ...found, segment: next, claimed: remote.value.get(next) };
  }
  return accept({ type: 'suspect', suspect: found });
}

const differ = (own: Uint8Array | undefined, claimed: Uint8Array | undefined): boolean =>
  own !== undefined && claimed !== undefined && !equalBytes(own, claimed);

/** Whether an own manifest is one that was signed: the remote is not to blame for what is not. */
const isSigned = ({ crypto, space, logs }: InquiryContext, origin: Origin, segment: number): boolean => {
  const manifest = logs.manifest(origin, segment);
  return manifest !== undefined && verifyManifest(crypto, manifest, { space }).ok;
};

/** Up to 16 whole numbers between two others, evenly; the last one is the one before `end`. */
const divide = (start: number, end: number): readonly number[] => {
  const between = end - start - 1;
  const count = Math.min(between, SYNC_LIMITS.askSegmentsMax);
  return Array.from({ length: count }, (_, i) => start + Math.floor((between * (i + 1)) / count));
};
