/** Bounds of one engine beside those of its sessions (docs/protocol/limits.md). */
export const ENGINE_LIMITS = {
  /** Logs that are held: no log beyond these is taken in. */
  logsMax: 65_536,
  /** Logs that are known to be forked, with the proof of each: 40 MiB at most. Further forks are passed over. */
  forksMax: 4096,
  /** How many of them may be of devices that are not known here. */
  strangeForksMax: 256,
  /** Events in memory that wait to be applied, of all logs together; the rest is read from the store again. */
  backlogEventsMax: 4096,
  /** Bytes of their records. */
  backlogBytesMax: 4 * 1024 * 1024,
  /** Events of other devices that are applied in one go; the rest waits for a tick, and nothing else for long. */
  appliedAtOnceMax: 256,
  /** Events that may wait for that and in memory before peers are given no more credit. */
  unappliedMax: 2048,
  /** Reads of stored records that are under way at the same time. */
  readsMax: 4,
  /** Records of one read. */
  readEventsMax: 1024,
  /** Bytes of one read, the record that goes past them included. */
  readBytesMax: 1024 * 1024,
  /** Rows of state that may wait to be committed while more records come; as many may be on their way to the store. */
  stateRowsMax: 4_096,
  /** Bytes of the records that they follow from. */
  stateBytesMax: 8 * 1024 * 1024,
  /** How long they may wait, in ms. */
  stateDelayMs: 500,
} as const;
