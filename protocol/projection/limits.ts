/** Bounds of the projection's rows. */
export const PROJECTION_LIMITS = {
  /** Writes of one log to one register that stand on a page, and at most so many in the row of the register. */
  pageWrites: 8,
} as const;
