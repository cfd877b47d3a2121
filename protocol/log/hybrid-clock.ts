/** A foreign timestamp further than this ahead of the wall clock does not pull the local clock: 24 hours. */
export const FAR_FUTURE_MS = 24 * 60 * 60 * 1000;

/** What the hybrid clock of a device remembers, all in milliseconds since 1970. */
export interface HybridClock {
  /** Highest timestamp that this device wrote. */
  readonly ownMs: number;
  /** Highest timestamp of applied events of other origins, far-future ones left out. */
  readonly foreignMs: number;
}

/** The clock of a device that has neither written nor read anything. */
export const startOfTime: HybridClock = { ownMs: 0, foreignMs: -1 };

/**
 * The timestamp of the next own event: max(wall clock, own last, 1 + highest foreign), so that the total
 * order of events extends causality even where wall clocks disagree (hybrid logical clocks, Kulkarni et al.
 * 2014, in whole milliseconds).
 */
export const nextTimestamp = (clock: HybridClock, nowMs: number): number =>
  Math.max(nowMs, clock.ownMs, clock.foreignMs + 1);

/** The clock after writing an event. */
export const observeOwn = (clock: HybridClock, timestamp: number): HybridClock =>
  timestamp > clock.ownMs ? { ...clock, ownMs: timestamp } : clock;

/** Whether a foreign timestamp lies too far ahead to be believed. It is flagged, never rejected. */
export const isFarFuture = (timestamp: number, nowMs: number): boolean => timestamp > nowMs + FAR_FUTURE_MS;

/** The clock after applying an event of another origin. */
export const observeForeign = (clock: HybridClock, timestamp: number, nowMs: number): HybridClock =>
  timestamp > clock.foreignMs && !isFarFuture(timestamp, nowMs) ? { ...clock, foreignMs: timestamp } : clock;
