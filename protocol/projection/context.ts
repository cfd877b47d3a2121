import type { JsonValue } from '../bytes/index.ts';
import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import type { StateDigest } from './state-digest.ts';

/** What the projection reads and writes while it applies one event. */
export interface ProjectionContext {
  /** A row as it is now, writes of this and earlier events included. */
  get(key: string): JsonValue | undefined;
  /** Writes a row; null deletes it. */
  put(key: string, row: JsonValue | null): void;
  /** Whether the event at the first place has seen the one at the second. Both are applied. */
  sees(place: Place, other: Place): boolean;
  /** Highest seq of a log that the event at a place has seen; its own within its own log. */
  seenSeq(place: Place, origin: Origin): Seq;
  /** An applied event that is not the one being applied. */
  event(place: Place): PlacedEvent;
  readonly digest: Pick<StateDigest, 'replace'>;
  readonly counts: ProjectionCounts;
}

/** How much the projection holds. Kept by the projection as it applies events. */
export interface ProjectionCounts {
  /** Events that count. */
  events: number;
  entities: number;
  openConflicts: number;
  closedConflicts: number;
  invalidResolutions: number;
  /** Events that are listed and have no effect; not among `events`. */
  excluded: number;
}

/** The counts of an empty projection. */
export const noCounts = (): ProjectionCounts => ({
  events: 0,
  entities: 0,
  openConflicts: 0,
  closedConflicts: 0,
  invalidResolutions: 0,
  excluded: 0,
});

/** A row of a kind that the caller knows from the key. */
export const readRow = <Row>(context: Pick<ProjectionContext, 'get'>, key: string): Row | undefined =>
  context.get(key) as unknown as Row | undefined;

/** Writes a row of a kind that the caller knows from the key. */
export const writeRow = <Row>(context: Pick<ProjectionContext, 'put'>, key: string, row: Row | null): void =>
  context.put(key, row as unknown as JsonValue | null);
