import type { JsonObject, JsonValue } from '../bytes/index.ts';
import type { EventId, Origin, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';

/** A place as rows keep it. */
export type PlacePair = readonly [origin: Origin, seq: Seq];

/** A place, read from a row. */
export const placeOf = ([origin, seq]: PlacePair): Place => ({ origin, seq });

/** A place, for a row. */
export const pairOf = ({ origin, seq }: Place): PlacePair => [origin, seq];

/** One write to a register: everything that the total order, conflicts and views need. */
export interface RegisterWrite {
  readonly origin: Origin;
  readonly seq: Seq;
  readonly id: EventId;
  readonly timestamp: number;
  readonly value: JsonValue;
  /** Set when the write is a resolution: the event whose value it chose. */
  readonly chosen?: EventId;
}

/** Heads of a register: its maximal writes under causality, in total order; the last one's value is shown. */
export interface RegisterRow {
  readonly heads: readonly RegisterWrite[];
}

/** A conflict that an event closed: it saw all these writes, which do not see each other. */
export interface ClosedConflictRow {
  /** In order of origin; views list them in total order. */
  readonly candidates: readonly PlacePair[];
  readonly by: PlacePair;
  readonly id: EventId;
  readonly chosen?: EventId;
}

/** A resolution without effect. */
export interface InvalidResolutionRow {
  readonly id: EventId;
  readonly field: string;
  readonly reason: 'chosen_not_seen' | 'chosen_writes_other_register';
}

/** An addition of a relation that no removal has seen. */
export interface RelationAddition {
  readonly origin: Origin;
  readonly seq: Seq;
  readonly id: EventId;
  readonly timestamp: number;
  readonly payload: JsonObject;
}

/** Surviving additions of one relation id, in total order; the last one is shown. */
export interface RelationRow {
  readonly additions: readonly RelationAddition[];
}

/** One metric record. */
export interface MetricRow {
  readonly id: EventId;
  readonly payload: JsonObject;
}

/**
 * An event on an entity. `after` lists, for each register that the event writes, the maximal writes to it in
 * the event's past, in order of origin: the edges of the register's own causal graph.
 */
export interface EventRow {
  readonly id: EventId;
  readonly timestamp: number;
  readonly after?: Readonly<Record<string, readonly PlacePair[]>>;
}
