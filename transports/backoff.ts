/** Shortest and longest wait before another try, in ms. */
export const BACKOFF_MIN_MS = 500;
export const BACKOFF_MAX_MS = 60_000;

/** A connection that lasted this long, in ms, was a success: the next loss starts from the shortest wait. */
export const STABLE_MS = 10_000;

/** Jitter adds up to this share of the wait, so that devices which lost each other don't return in step. */
const JITTER = 0.5;

/**
 * Exponential back-off with jitter: how long to wait, in ms, after `failures` failures in a row.
 * @param random from 0 up to 1
 */
export const backoffMs = (failures: number, random: () => number): number => {
  const ceiling = BACKOFF_MAX_MS / (1 + JITTER);
  // The exponent is capped before the power is taken: 2^1100 is infinite.
  const base = Math.min(ceiling, BACKOFF_MIN_MS * 2 ** Math.min(failures, 32));
  return Math.round(base * (1 + JITTER * random()));
};
