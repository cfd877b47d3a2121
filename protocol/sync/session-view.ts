import type { Origin } from '../event/index.ts';
import type { FrontierEntry } from './frontier.ts';

/** What a session has to know of the replica it speaks for. */
export interface SessionView {
  /** 16 bytes that name the space. */
  readonly spaceTag: Uint8Array;
  /** Digest of the published frontier. */
  frontierDigest(): Uint8Array;
  /** The published frontier: committed positions, the only ones that others are told of. */
  entries(): Iterable<FrontierEntry>;
  /** A published position. */
  entry(origin: Origin): FrontierEntry | undefined;
  /** A verified position, whether its commit has completed or not: what need not be asked for again. */
  held(origin: Origin): FrontierEntry | undefined;
}
