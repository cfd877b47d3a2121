/** Bounds of a sync session (docs/protocol/sync.md). */
export const SYNC_LIMITS = {
  /** Bytes of one frame, its length prefix not counted. */
  frameBytesMax: 512 * 1024,
  /** Bytes of records that a side may have sent and not yet got credit for. */
  creditBytes: 1024 * 1024,
  /** Bytes of records in one range frame; a frame always carries at least one record. */
  rangeFrameBytes: 192 * 1024,
  /** Logs that are asked from one peer at the same time. */
  wantsPerPeer: 8,
  /** Frontier entries in one frame. */
  frontierEntriesMax: 1024,
  /** Logs that a peer's frontier may name. */
  frontierLogsMax: 65_536,
  /** Logs of which a peer is supposed to hold more than it has stated. */
  supposedMax: 1024,
  /** Manifests in one push. */
  headsMax: 16,
  /** A want that brings nothing for so long is given up and may be asked of another peer. */
  wantTimeoutMs: 10_000,
  /** Asks to one peer that it has not answered. */
  asksPerPeer: 8,
  /** Segments whose commitments one ask names. */
  askSegmentsMax: 16,
  /** Records that one ask names. */
  askRecordsMax: 64,
  /** Hashes in an answer: the nodes one step below another. */
  answerNodesMax: 16,
  /** Mean time between two rounds of anti-entropy with a connected peer. */
  antiEntropyMs: 30_000,
} as const;

/** Bounds of gossip (docs/protocol/gossip.md). */
export const GOSSIP_LIMITS = {
  /** Bytes of one message. */
  messageBytesMax: 16 * 1024,
  /** Manifests in one message. */
  manifestsMax: 16,
  /** Evidence objects in one message. */
  evidenceMax: 4,
  /** Time for which heads are gathered before they are published together. */
  gatherMs: 20,
  /** Own logs whose heads wait to be published; more are left to the sync sessions. */
  unpublishedMax: 256,
  /** Logs of which a head is remembered that is not held yet. */
  heardMax: 1024,
} as const;

/** Version of the sync protocol that this implementation speaks. */
export const SYNC_VERSION = 1;
