export type { SyncFault, SyncFrame } from './frame.ts';
export { decodeFrame, encodeFrame, SPACE_TAG_BYTES } from './frame-codec.ts';
export { type FrontierEntry, frontierDigest, frontierEntry, isAhead, isContradiction } from './frontier.ts';
export {
  decodeGossip,
  encodeGossip,
  type GossipFault,
  type GossipMessage,
  type GossipVerdict,
} from './gossip-message.ts';
export { gossipTopic } from './gossip-topic.ts';
export { type HealingVerdict, heal } from './healing.ts';
export type { Answer, HeldLogs, Question, SegmentCommitment } from './inquiry.ts';
export type { Inquiry, InquiryContext, InquiryFault } from './inquiry-steps.ts';
export { type InvestigationVerdict, investigate, type SegmentDamage } from './investigation.ts';
export { GOSSIP_LIMITS, SYNC_LIMITS, SYNC_VERSION } from './limits.ts';
export type { ReceivedRange } from './range-receiver.ts';
export type { SegmentRange } from './segment-range.ts';
export { SyncSession } from './session.ts';
export type { SessionEffect } from './session-effect.ts';
export type { SessionView } from './session-view.ts';
