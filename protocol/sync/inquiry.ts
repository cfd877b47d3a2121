import type { Origin, Seq } from '../event/index.ts';
import type { Manifest } from '../manifest/index.ts';
import type { TreeNode } from '../segment/index.ts';

/** What one side asks the other about a log that both hold, in order to find where they differ. */
export type Question =
  /** Commitments to the log up to the end of each of these segments, in ascending order. */
  | { readonly type: 'commitments'; readonly origin: Origin; readonly segments: readonly number[] }
  /** The manifest of one segment. */
  | { readonly type: 'manifest'; readonly origin: Origin; readonly segment: number }
  /** Hashes one step below a node of the tree over the first `events` records of a segment. */
  | {
      readonly type: 'nodes';
      readonly origin: Origin;
      readonly segment: number;
      readonly events: number;
      readonly node: TreeNode;
    }
  /** Records of one segment, in ascending order of seq. */
  | {
      readonly type: 'records';
      readonly origin: Origin;
      readonly segment: number;
      readonly seqs: readonly Seq[];
    };

/** The answer to a {@link Question} of the same type; one that cannot be answered has an empty answer. */
export type Answer =
  /** Only of segments that are sealed where the question is answered, in ascending order. */
  | { readonly type: 'commitments'; readonly commitments: readonly SegmentCommitment[] }
  /** Canonical bytes. */
  | { readonly type: 'manifest'; readonly manifest: Uint8Array | undefined }
  /** All of them, left to right, or none. */
  | { readonly type: 'nodes'; readonly hashes: readonly Uint8Array[] }
  /** Of the first seqs that were asked for, as many as a frame takes. */
  | { readonly type: 'records'; readonly records: readonly Uint8Array[] };

/** C of a sealed segment. */
export interface SegmentCommitment {
  readonly segment: number;
  /** 32 bytes. */
  readonly commitment: Uint8Array;
}

/** The logs of a store, read without waiting. Undefined is what is not held or cannot be read. */
export interface HeldLogs {
  /** Newest manifest of a log: a head, or sealed. */
  newest(origin: Origin): Manifest | undefined;
  /** Manifest of one segment. */
  manifest(origin: Origin, segment: number): Manifest | undefined;
  record(origin: Origin, seq: Seq): Uint8Array | undefined;
}
