/** Bounds on what a control event may state (docs/protocol/limits.md). One past a bound says nothing. */
export const MEMBERSHIP_LIMITS = {
  /** UTF-16 code units of a label: the name of a space or a device, or the reason of a revocation. */
  labelUnitsMax: 128,
  /** Logs that one cut names. */
  cutLogsMax: 1024,
} as const;
