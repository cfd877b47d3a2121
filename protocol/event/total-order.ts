import { compareStrings } from '../bytes/index.ts';

/** What the total order looks at. */
export interface Ordered {
  readonly timestamp: number;
  readonly origin: string;
  readonly seq: number;
  readonly id: string;
}

/**
 * The total order of events, for listing, replay and ties: timestamp, then origin, then seq, then id. It
 * extends causality among events whose authors stamp with the hybrid clock.
 */
export const compareEvents = (a: Ordered, b: Ordered): number =>
  a.timestamp - b.timestamp ||
  compareStrings(a.origin, b.origin) ||
  a.seq - b.seq ||
  compareStrings(a.id, b.id);
