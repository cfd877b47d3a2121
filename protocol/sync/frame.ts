import type { Origin, Seq } from '../event/index.ts';
import type { FrontierEntry } from './frontier.ts';
import type { Answer, Question } from './inquiry.ts';

/** Codes with which a side ends a session, or declines a want. */
export type SyncFault =
  | 'bad_frame'
  | 'wrong_version'
  | 'wrong_space'
  | 'not_member'
  | 'bad_range'
  | 'credit_exceeded'
  | 'past_limit';

/** One frame of `/smo/sync/1.0.0`; the layout of each stands in frame-codec.ts. */
export type SyncFrame =
  | {
      readonly type: 'hello';
      readonly version: number;
      /** First 16 bytes of a hash of the space id: enough to notice a peer of another space. */
      readonly spaceTag: Uint8Array;
      readonly frontierDigest: Uint8Array;
    }
  | { readonly type: 'frontier'; readonly entries: readonly FrontierEntry[]; readonly last: boolean }
  | { readonly type: 'heads'; readonly manifests: readonly Uint8Array[] }
  | {
      readonly type: 'want';
      readonly want: number;
      readonly origin: Origin;
      /** Position that the asking side holds: everything after the first `events` records of `segment`. */
      readonly segment: number;
      readonly events: number;
      /** Whether the asking side holds the segment's seal. */
      readonly sealed: boolean;
    }
  | {
      readonly type: 'range';
      readonly want: number;
      /** Canonical bytes of the segment's newest manifest; first frame of a segment only. */
      readonly manifest?: Uint8Array;
      readonly firstSeq: Seq;
      readonly records: readonly Uint8Array[];
      /** Last frame of the segment: now everything can be verified. */
      readonly segmentEnd: boolean;
    }
  | { readonly type: 'want-end'; readonly want: number }
  | { readonly type: 'credit'; readonly bytes: number }
  | AskFrame
  | AnswerFrame
  | { readonly type: 'fault'; readonly code: SyncFault; readonly message: string };

/** Asks one thing about a log; its layout and that of the answer stand in inquiry-codec.ts. */
export interface AskFrame {
  readonly type: 'ask';
  /** Counted up by the asking side within the session, from 1. */
  readonly ask: number;
  readonly question: Question;
}

/** Answers an ask; each ask is answered once. */
export interface AnswerFrame {
  readonly type: 'answer';
  readonly ask: number;
  readonly answer: Answer;
}

/** Bytes of records in a range frame, which its receiver gives credit for. */
export const creditOf = (records: readonly Uint8Array[]): number =>
  records.reduce((bytes, record) => bytes + record.length, 0);
