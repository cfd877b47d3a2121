/** Bounds of a sync session (docs/protocol/limits.md). */
export const SYNC_LIMITS = {
  /** Bytes of one frame, its length prefix not counted. */
  frameBytesMax: 512 * 1024,
  /** Bytes of a store's id. */
  storeIdBytesMax: 32,
  /** Bytes of records that a side may have sent and not yet got credit for. */
  creditBytes: 1024 * 1024,
  /**
   * Bytes of records in one range frame; a frame carries at least one record unless a seal comes alone. Small enough
   * for some frames to come within {@link wantTimeoutMs} on a slow link that several peers share.
   */
  rangeFrameBytes: 16 * 1024,
  /** Bytes of records in one answer to a question; likewise. */
  answerBytes: 192 * 1024,
  /** Bytes of records that are brought along with the news of them. */
  broughtBytesMax: 16 * 1024,
  /**
   * News that a peer most likely gets from others waits for so long, and twice that on the side whose store's id is
   * the greater: so one of two that have the same news tells the other.
   */
  lazyMs: 100,
  /** Peers that are not connected, and of which a part of a segment is kept: 8 MiB. */
  partialSegmentsMax: 8,
  /** Wants that one peer has not closed. */
  wantsPerPeer: 64,
  /** Segments that one want covers. */
  windowSegments: 4,
  /** Segments that are asked for or kept before their predecessor is here, in all sessions together: 8 MiB. */
  aheadSegmentsMax: 8,
  /** Frontier entries in one frame. */
  frontierEntriesMax: 1024,
  /** Logs that a frame may name as not held. */
  missingMax: 256,
  /** Logs that a peer's frontier may name, and aliases that it may give. */
  frontierLogsMax: 65_536,
  /** Entries of a node of the frontier tree that are hashed, and sent, together. */
  treeLeafEntries: 32,
  /** Nodes of the frontier tree that are asked for at the same time. */
  looksMax: 64,
  /** Nodes of the frontier tree that are asked for in one descent. */
  descentNodesMax: 16_384,
  /** Bytes of one piece of evidence. */
  evidenceBytesMax: 16 * 1024,
  /** Logs of which a peer is supposed to hold more than it has stated. */
  supposedMax: 1024,
  /** Asks to one peer that it has not answered. */
  asksPerPeer: 40,
  /** Damaged segments that one peer is asked for at the same time: fewer, to leave room for everything else. */
  healingsPerPeer: 32,
  /** How many of them are begun in one step: each begins with a look at all that is left of the segment. */
  healingsPerStep: 8,
  /** Segments whose commitments one ask names. */
  askSegmentsMax: 16,
  /** Records that one ask names. */
  askRecordsMax: 64,
  /** Hashes in an answer: the nodes one step below another. */
  answerNodesMax: 16,
  /** Questions of one peer that are answered within a window of time; those beyond wait for the next. */
  answersPerWindow: 128,
  answerWindowMs: 2000,
  /** What a peer has brought nothing of for so long may be asked of another one as well. */
  wantTimeoutMs: 10_000,
  /** Twice as long with each answer that comes after that, up to so long. */
  wantTimeoutMaxMs: 160_000,
  /** It is waited for so much longer, as it may be under way on a slow link. */
  wantGraceMs: 50_000,
  /** A peer that takes so long for one segment loses the log to another one that holds it, if there is one. */
  segmentTimeoutMs: 60_000,
  /** Mean time between two rounds of anti-entropy with a connected peer. */
  antiEntropyMs: 30_000,
  /** Proofs of forks that are sent before the remote has said anything again: 1 MiB at most. */
  proofsAtATime: 64,
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
