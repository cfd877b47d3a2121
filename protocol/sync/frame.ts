import type { Origin } from '../event/index.ts';
import type { FrontierEntry } from './frontier.ts';
import type { Answer, Question } from './inquiry.ts';

/** Codes with which a side ends a session. */
export type SyncFault =
  | 'bad_frame'
  | 'hello_due'
  | 'out_of_turn'
  | 'wrong_version'
  | 'wrong_space'
  | 'not_member'
  | 'bad_range'
  | 'credit_exceeded'
  | 'past_limit';

/**
 * How a frame names a log: spelled out, or by the number of one that a side spelled out before in this session,
 * counted from 0 for each side on its own. `by` is seen from whoever sends the frame.
 */
export type LogName = { readonly type: 'origin'; readonly origin: Origin } | LogAlias;

/** See {@link LogName}. */
export interface LogAlias {
  readonly type: 'alias';
  readonly by: 'sender' | 'receiver';
  readonly number: number;
}

/** A frontier entry as it stands in a frame. */
export interface ToldEntry extends Omit<FrontierEntry, 'origin'> {
  readonly log: LogName;
}

/** "From this store I hold everything up to this arrival." */
export interface Cursor {
  readonly storeId: string;
  readonly arrivals: number;
}

/** Records that nobody has asked for: the last ones of a segment. */
export interface BroughtRecords {
  /** Canonical bytes of the segment's newest manifest. */
  readonly manifest: Uint8Array;
  readonly records: readonly Uint8Array[];
}

/** What follows the records of a range frame under the same want. */
export type RangeFollows = 'nothing' | 'segment' | 'records';

/** One frame of `/smo/sync/1.0.0`; the layout of each stands in frame-codec.ts. */
export type SyncFrame =
  | {
      readonly type: 'hello';
      readonly version: number;
      /** First 8 bytes of a hash of the space id: enough to notice a peer of another space. */
      readonly spaceTag: Uint8Array;
      readonly storeId: string;
      readonly arrivals: number;
      readonly frontierDigest: Uint8Array;
      /** How much of the receiver's store the sender holds, as far as it remembers. */
      readonly cursor?: Cursor;
    }
  | {
      readonly type: 'compare';
      /** Left out when it is the one of the compare that this one answers. */
      readonly frontierDigest?: Uint8Array;
      readonly arrivals: number;
    }
  | {
      readonly type: 'frontier';
      readonly entries: readonly ToldEntry[];
      /** The sender's arrivals, all of which are told with this frame. */
      readonly arrivals: number;
      /** Whether this ends what a comparison made the sender tell. */
      readonly last: boolean;
      /** What the sender holds of what the receiver told. */
      readonly held?: {
        /** Arrivals of the receiver up to which the sender holds everything, */
        readonly arrivals: number;
        /** these logs excepted. */
        readonly missing: readonly LogAlias[];
      };
      /** What leads to the first of the entries. */
      readonly brought?: BroughtRecords;
    }
  | {
      readonly type: 'look';
      /** Nodes of the frontier tree, each named by its path: hexadecimal digits from the root. */
      readonly paths: readonly string[];
    }
  | {
      readonly type: 'node';
      readonly path: string;
      /** Hashes of the 16 children, or all entries below. */
      readonly content:
        | { readonly type: 'children'; readonly hashes: readonly Uint8Array[] }
        | { readonly type: 'entries'; readonly entries: readonly ToldEntry[] };
    }
  | {
      readonly type: 'want';
      readonly want: number;
      readonly log: LogName;
      /** What is asked for: everything after the first `events` records of `segment`, */
      readonly segment: number;
      readonly events: number;
      /** up to the newest manifest of this segment. */
      readonly until: number;
    }
  | {
      readonly type: 'range';
      readonly want: number;
      /** Canonical bytes of the segment's newest manifest; first frame of a segment only. */
      readonly manifest?: Uint8Array;
      readonly records: readonly Uint8Array[];
      /** `records`: the segment goes on. `segment`: it is whole, and another one follows. */
      readonly follows: RangeFollows;
    }
  | { readonly type: 'want-end'; readonly want: number }
  | { readonly type: 'credit'; readonly bytes: number }
  /** One self-contained proof that a device signed two histories of one log. */
  | { readonly type: 'evidence'; readonly evidence: Uint8Array }
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

/** The records of a log in a frame, asked for or not; undefined in a frame of another kind. */
export const rangeIn = (
  frame: SyncFrame,
): { readonly manifest?: Uint8Array; readonly records: readonly Uint8Array[] } | undefined => {
  if (frame.type === 'range') return frame;
  return frame.type === 'frontier' ? frame.brought : undefined;
};

/** Bytes of records in a range frame, which its receiver gives credit for. */
export const creditOf = (records: readonly Uint8Array[]): number =>
  records.reduce((bytes, record) => bytes + record.length, 0);
