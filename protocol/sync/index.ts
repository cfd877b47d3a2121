export type { SyncFault, SyncFrame } from './frame.ts';
export { decodeFrame, encodeFrame, SPACE_TAG_BYTES } from './frame-codec.ts';
export { type FrontierEntry, frontierDigest, frontierEntry, isAhead, isContradiction } from './frontier.ts';
export { SYNC_LIMITS, SYNC_VERSION } from './limits.ts';
export type { ReceivedRange } from './range-receiver.ts';
export type { SegmentRange } from './segment-range.ts';
export { type SessionEffect, type SessionView, SyncSession } from './session.ts';
