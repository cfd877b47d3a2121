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

/** Where a register stands. */
export interface RegisterRow {
  /** Its maximal writes under causality, in total order; the last one's value is shown. */
  readonly heads: readonly RegisterWrite[];
  /** For each log that writes it, the end of the chain of the log's writes. */
  readonly chains: Readonly<Record<string, ChainEnd>>;
}

/** Writes of one log to one register: the names of their ids, one after the other, and their seqs. */
export type ChainPage = readonly [names: string, ...seqs: Seq[]];

/** The end of a chain: how many writes it has in all, and those that are on no page yet. */
export type ChainEnd = readonly [count: number, ...newest: ChainPage];

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
