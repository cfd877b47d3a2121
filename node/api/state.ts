import type { JsonObject, JsonValue } from '../../protocol/bytes/index.ts';
import type { EventView } from './log.ts';

/** An entity as the conformance view shows it: its id, its fields, then relations and metrics where it has any. */
export type EntityView = JsonObject;

export interface EntityList {
  readonly entities: Readonly<Record<string, EntityView>>;
}

export interface EntityDetail {
  readonly entity: EntityView;
  /** Open conflicts of this entity. */
  readonly conflicts: readonly ConflictView[];
}

export interface CandidateView {
  readonly value: JsonValue;
  readonly eventId: string;
  readonly origin: string;
  readonly seq: number;
  readonly timestamp: number;
}

export interface ConflictView {
  readonly entityId: string;
  readonly field: string;
  readonly status: 'open' | 'resolved' | 'superseded';
  readonly candidates: readonly CandidateView[];
  /** Open: the candidate that is shown. Resolved: the one that was chosen. Superseded: the write that came after. */
  readonly winner: CandidateView;
  /** Event that closed it. */
  readonly closedBy?: string;
  readonly chosenEventId?: string;
}

export interface ConflictList {
  readonly conflicts: readonly ConflictView[];
}

export interface History {
  readonly entityId: string;
  readonly events: readonly EventView[];
}
