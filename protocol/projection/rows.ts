import type { JsonObject, JsonValue } from '../bytes/index.ts';
import type { EventId, Origin, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';

/** A place as rows keep it. */
export type PlacePair = readonly [origin: Origin, seq: Seq];

/** A place, read from a row. */
export const placeOf = ([origin, seq]: IdRow): Place => ({ origin, seq });

/** A place, for a row. */
export const pairOf = ({ origin, seq }: Place): PlacePair => [origin, seq];

/** Where the event of an id stands; the third member is there, and true, if it is excluded. */
export type IdRow = PlacePair | readonly [origin: Origin, seq: Seq, excluded: true];

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

/** Where a register stands. */
export interface RegisterRow {
  /** Its maximal writes under causality, in total order; the last one's value is shown. */
  readonly heads: readonly RegisterWrite[];
  /** For each log that writes it, the end of the chain of the log's writes. */
  readonly chains: Readonly<Record<string, ChainEnd>>;
}

/**
 * One write in the chain of its log's writes to the same register: the seq of the write before it, and the seq of one
 * further back; 0 where there is none.
 */
export type ChainLink = readonly [previous: Seq, jump: Seq];

/**
 * The end of a chain: how many writes it has, the seq of the newest one, and those that one meets by jumping from there
 * back to the first. All that the next link is made of, so that none has to be read for it.
 */
export type ChainEnd = readonly [length: number, last: Seq, ...jumps: Seq[]];

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

/** An event on an entity. `writes` has, for each register that the event writes, its link in the log's chain. */
export interface EventRow {
  readonly writes?: Readonly<Record<string, ChainLink>>;
  /** Set when the event is listed and has no effect, because its device was not to write it. */
  readonly excluded?: true;
}
