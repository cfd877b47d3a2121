import type { JsonObject } from '../../protocol/bytes/index.ts';

export interface EvidenceList {
  readonly evidence: readonly EvidenceView[];
}

/** What the proof of a fork says. */
export interface EvidenceClaim {
  readonly space: string;
  readonly origin: string;
  readonly device: string;
  /** First seq at which the two histories differ: the events before it count, and no others. */
  readonly forkSeq: number;
  /** Two manifests of one segment that cannot both be true. */
  readonly signed: readonly [SignedSide, SignedSide];
}

/** What one of two manifests that exclude each other says. */
export interface SignedSide {
  /** Milliseconds since 1970, by the clock of the device that signed. */
  readonly signedAt: number;
  readonly segment: number;
  /** Seq of the segment's first event, and of the last one that is signed. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly sealed: boolean;
  /** Id of the event at the fork; null where there is none: the segment is closed, or begins, elsewhere. */
  readonly event: string | null;
}

export interface EvidenceView extends EvidenceClaim {
  /** Name of the device, if it is or was a member. */
  readonly name: string | null;
  /** Whether it is this device. */
  readonly self: boolean;
  /** The proof itself (docs/protocol/equivocation.md): its canonical JSON is what others verify. */
  readonly proof: JsonObject;
}

/** What became of a proof that was taken in. */
export interface EvidenceImported {
  readonly claim: EvidenceClaim;
  /** Whether it says something new; false when this fork, or an earlier one of the log, is known already. */
  readonly news: boolean;
}

/** What became of the verification of a proof that somebody brings. */
export interface EvidenceReport {
  readonly ok: boolean;
  /** What it proves, if it does. */
  readonly claim?: EvidenceClaim;
  /** Why it proves nothing. */
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}
