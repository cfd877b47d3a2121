import type { Origin, Seq } from '../event/index.ts';
import type { Manifest } from '../manifest/index.ts';

/** Version of the evidence format that this implementation writes and accepts. */
export const EVIDENCE_VERSION = '1.0.0';

/**
 * Proof that the owner of a log has signed two histories of it that cannot both be true: two signed manifests of
 * one segment that follow the same history, and hashes that show where they part. It is complete in itself:
 * whoever knows the space can verify it without the log (docs/protocol/equivocation.md).
 */
export interface Evidence {
  readonly origin: Origin;
  /** The one of the two whose canonical text comes first, so that a pair of manifests makes one evidence. */
  readonly first: Manifest;
  readonly second: Manifest;
  /** Undefined when the manifests contradict each other alone: the segment begins at different seqs. */
  readonly proof: ForkProof | undefined;
}

/** Shows that two trees have their first `index` leaves in common and part there. */
export interface ForkProof {
  /** Leaves in common, and so the place of the first one that differs. */
  readonly index: number;
  /** Peaks of the tree over the leaves in common, left to right: stated once, so the same on both sides. */
  readonly peaks: readonly Uint8Array[];
  /** How the first manifest goes on; undefined: it is sealed here. */
  readonly first: Branch | undefined;
  /** How the second manifest goes on; undefined: it is sealed here. */
  readonly second: Branch | undefined;
}

/** How a tree goes on after the leaves in common. */
export interface Branch {
  /** Leaf hash at the place where the histories part. */
  readonly leaf: Uint8Array;
  /** Siblings on the right side of the leaf's path, the lowest first. */
  readonly rest: readonly Uint8Array[];
}

/** Where the histories of a log part. */
export interface Fork {
  readonly origin: Origin;
  /** First seq at which they differ; the events before it are undisputed. */
  readonly seq: Seq;
}
