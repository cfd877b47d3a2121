import type { Origin, Seq } from '../event/index.ts';
import type { FrontierEntry } from './frontier.ts';
import type { PublishedFrontier } from './published-frontier.ts';

/** That the owner of a log signed two histories of it. */
export interface LogVerdict {
  /** First seq at which the histories differ. */
  readonly forkSeq: Seq;
  /** The self-contained proof. */
  readonly evidence: Uint8Array;
}

/** What a session has to know of the replica it speaks for. */
export interface SessionView {
  /** 8 bytes that name the space. */
  readonly spaceTag: Uint8Array;
  /** The id of the replica's record store. */
  readonly storeId: string;
  /** Committed positions, the only ones that others are told of. */
  readonly frontier: PublishedFrontier;
  /** How far a log is committed, past its fork if it has one: up to there the remote can be served. */
  stored(origin: Origin): FrontierEntry | undefined;
  /** A verified position, whether its commit has completed or not: what need not be asked for again. */
  held(origin: Origin): FrontierEntry | undefined;
  /** Whether records of a log are taken in here. */
  accepts(origin: Origin): boolean;
  /** The proof that a log has forked; undefined as long as none is known here. */
  verdict(origin: Origin): LogVerdict | undefined;
}
