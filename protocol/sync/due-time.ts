/**
 * Whether a time has come that was set for later. It also has when it is further away than it can have been set: the
 * clock was set back.
 * @param atMs that time, in ms since 1970
 * @param waitMsMax how far away it was at most when it was set, in ms
 */
export const isDue = (atMs: number, nowMs: number, waitMsMax: number): boolean => {
  const leftMs = atMs - nowMs;
  return leftMs <= 0 || leftMs > waitMsMax;
};

/** The earliest of some times, each in ms since 1970; undefined when there is none. */
export const earliest = (...times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((timeMs) => timeMs !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};
