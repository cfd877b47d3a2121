export {
  CONTROL_NAMESPACE,
  CORE_TYPE,
  type EventBody,
  type EventDraft,
  type EventId,
  type EventSource,
  type PlacedEvent,
  type SeenVector,
  type Seq,
} from './event.ts';
export { eventIdFromLeaf, leafFromEventId, leafHash, leafHasher } from './event-id.ts';
export { EVENT_LIMITS } from './limits.ts';
export { deviceOf, INCARNATION_BYTES, makeOrigin, type Origin, parseOrigin } from './origin.ts';
export { CODEC_CANONICAL_JSON, decodeRecord, encodeRecord, type RecordFault } from './record.ts';
export { compareEvents, type Ordered } from './total-order.ts';
export { type BodyFault, checkBody } from './validation.ts';
