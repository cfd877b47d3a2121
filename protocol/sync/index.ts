export type { PartialSegment, ReceivedRange } from './arriving-segment.ts';
export { earliest, isDue } from './due-time.ts';
export type {
  BroughtRecords,
  Cursor,
  LogAlias,
  LogName,
  RangeFollows,
  SyncFault,
  SyncFrame,
  ToldEntry,
} from './frame.ts';
export { rangeIn } from './frame.ts';
export { decodeFrame, encodeFrame } from './frame-codec.ts';
export { SPACE_TAG_BYTES } from './frame-readers.ts';
export {
  type FrontierEntry,
  frontierEntry,
  frozenEntry,
  isAhead,
  isContradiction,
  nextPlace,
} from './frontier.ts';
export type { Written } from './frontier-teller.ts';
export { FrontierTree, frontierDigest, type NodeContent } from './frontier-tree.ts';
export {
  decodeGossip,
  encodeGossip,
  type GossipFault,
  type GossipMessage,
  type GossipVerdict,
} from './gossip-message.ts';
export { gossipTopic } from './gossip-topic.ts';
export { type HealingVerdict, heal } from './healing.ts';
export { heldLeaves } from './held-leaves.ts';
export type { Answer, HeldLogs, Question, SegmentCommitment } from './inquiry.ts';
export { Answerer } from './inquiry-answerer.ts';
export type { Inquiry, InquiryContext, InquiryFault } from './inquiry-steps.ts';
export { type InvestigationVerdict, investigate, type SegmentDamage } from './investigation.ts';
export { GOSSIP_LIMITS, SYNC_LIMITS, SYNC_VERSION } from './limits.ts';
export { LogAliases } from './log-aliases.ts';
export { PublishedFrontier } from './published-frontier.ts';
export type { Window } from './range-receiver.ts';
export type { ReadRequest } from './range-sender.ts';
export type { SegmentRange } from './segment-range.ts';
export { SyncSession } from './session.ts';
export type { SessionEffect } from './session-effect.ts';
export type { LogVerdict, SessionView } from './session-view.ts';
