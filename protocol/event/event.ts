import type { JsonObject, JsonValue } from '../bytes/index.ts';
import type { Origin } from './origin.ts';

/** `ev1` and the base32 of the leaf hash: the id binds the event's content and its place in its log. */
export type EventId = string & { readonly __brand: 'EventId' };

/** Place of an event in its log: an integer counting from 1 without gaps, up to 2^53 - 1. */
export type Seq = number;

/** For each origin, the highest seq that is seen; an origin that is absent stands for 0. */
export type SeenVector = Readonly<Record<string, Seq>>;

/** Types of the events that the core projects; every other namespace is carried and never interpreted. */
export const CORE_TYPE = {
  entityCreated: 'plos.core/EntityCreated',
  stateUpdated: 'plos.core/StateUpdated',
  relationAdded: 'plos.core/RelationAdded',
  relationRemoved: 'plos.core/RelationRemoved',
  metricRecorded: 'plos.core/MetricRecorded',
  conflictResolved: 'plos.core/ConflictResolved',
} as const;

/** Namespace of the events that build the membership of a space; only the node itself authors them. */
export const CONTROL_NAMESPACE = 'plos.mesh';

/**
 * Where an imported event came from. `id` is its id there; the other members repeat what the foreign event
 * said of its place, in the foreign format's own terms, so that it can be exported again as it was.
 */
export interface EventSource {
  readonly id: string;
  readonly [member: string]: JsonValue;
}

/** What an author states: everything of an event that does not follow from its place in a log. */
export interface EventDraft {
  /** `namespace/Name`. */
  readonly type: string;
  readonly entityId: string;
  readonly payload: JsonObject;
  /** Who acted, in the application's terms; never interpreted. */
  readonly actor?: string;
  readonly source?: EventSource;
}

/** The body of a record: a draft, stamped. */
export interface EventBody extends EventDraft {
  /** Hybrid time of the author in milliseconds since 1970. */
  readonly timestamp: number;
  /** Only the origins whose highest seen seq has risen since this log's previous event; never the own one. */
  readonly seen?: SeenVector;
}

/** An event in its place. */
export interface PlacedEvent extends EventBody {
  readonly id: EventId;
  readonly origin: Origin;
  readonly seq: Seq;
}
