/** The keys by which the items of each list of a plan name devices. */
export const DEVICE_KEYS = {
  links: ['a', 'b'],
  operations: ['device', 'target'],
  faults: ['device', 'from', 'to', 'a', 'b', 'target'],
} as const;
