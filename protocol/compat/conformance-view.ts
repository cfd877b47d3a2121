import {
  canonicalText,
  compareStrings,
  type JsonObject,
  type JsonValue,
  jsonObject,
} from '../bytes/index.ts';
import { compareEvents } from '../event/index.ts';
import { foldSmoOsEvents, type SmoOsEntity } from './conformance-fold.ts';
import { supersedes } from './smo-os-causality.ts';
import type { SmoOsEvent } from './smo-os-event.ts';
import type { MergedSmoOsEvents } from './smo-os-merge.ts';
import { headsOf, maximalWrites, pastOf, type SmoOsWrite } from './smo-os-register.ts';

/** One of the writes that stand against each other. */
export interface ConformanceCandidate {
  readonly value: JsonValue;
  readonly eventId: string;
  readonly origin: string;
  readonly seq: number;
  readonly timestamp: number;
}

/** An open conflict, or one that a resolution has closed. */
export interface ConformanceConflict {
  readonly entityId: string;
  readonly field: string;
  /** Two or more writes of different origins, in the total order; a resolution is a write like any other. */
  readonly candidates: readonly ConformanceCandidate[];
  /** Open: the candidate whose value is shown. Resolved: the chosen event, as a candidate. */
  readonly winner: ConformanceCandidate;
  readonly resolved: boolean;
  /** The ConflictResolved that closed the conflict; only where it is resolved. */
  readonly resolvedByEventId?: string;
  /** The event that it chose; only where it is resolved. */
  readonly chosenEventId?: string;
}

/** The state as Smo.OS prints it and as its conformance cases expect it. */
export interface ConformanceView {
  /** By entity id: `{id, ...fields, relations?, metrics?}`. */
  readonly entities: JsonObject;
  readonly conflicts: readonly ConformanceConflict[];
}

/**
 * The conformance view of merged events: a function of the set of events alone, down to the order of keys.
 *
 * - Every entity that a core event names exists. Its `id` is the entity id, whatever a field of that name
 *   says; `relations` and `metrics` are there only where there are any, and take the place of such a field.
 * - A field shows the head that is last in the total order.
 * - Conflicts are the open ones and those that a ConflictResolved has closed; one that a later plain write
 *   has superseded is neither, and not listed. They stand in the order of their last candidates, then of
 *   fields, then of the events that closed them.
 */
export const conformanceView = (events: MergedSmoOsEvents): ConformanceView => {
  const entities: [string, JsonValue][] = [];
  const conflicts: FoundConflict[] = [];
  for (const entity of [...foldSmoOsEvents(events)].sort((a, b) => compareStrings(a.id, b.id))) {
    const members: [string, JsonValue][] = [];
    for (const [field, writes] of entity.registers) {
      const heads = headsOf(writes);
      const shown = heads.at(-1);
      if (shown === undefined) continue;
      members.push([field, shown.value]);
      conflicts.push(...conflictsOf(entity.id, field, writes, heads));
    }
    entities.push([entity.id, entityView(entity, members)]);
  }
  conflicts.sort(compareConflicts);
  return { entities: jsonObject(entities), conflicts: conflicts.map(({ conflict }) => conflict) };
};

const entityView = (entity: SmoOsEntity, fields: readonly [string, JsonValue][]): JsonObject => {
  const members = new Map<string, JsonValue>([['id', entity.id]]);
  for (const [field, value] of [...fields].sort((a, b) => compareStrings(a[0], b[0]))) {
    if (field !== 'id') members.set(field, value);
  }
  const relations = survivingRelations(entity);
  if (relations.length > 0) members.set('relations', relations);
  if (entity.metrics.length > 0) members.set('metrics', entity.metrics);
  return jsonObject(members);
};

/** An addition survives unless a removal of its id has seen it; one without an id cannot be removed. */
const survivingRelations = (entity: SmoOsEntity): readonly JsonObject[] => {
  const removals = Map.groupBy(entity.relationsRemoved, relationKey);
  return entity.relationsAdded
    .filter((added) => {
      const key = relationKey(added);
      if (key === undefined) return true;
      return !(removals.get(key) ?? []).some((removal) => supersedes(removal, added));
    })
    .map(({ payload }) => payload);
};

const relationKey = ({ payload }: SmoOsEvent): string | undefined =>
  payload.id === undefined ? undefined : canonicalText(payload.id);

interface FoundConflict {
  readonly conflict: ConformanceConflict;
  readonly last: SmoOsEvent;
  readonly closedBy: SmoOsEvent | undefined;
}

const compareConflicts = (a: FoundConflict, b: FoundConflict): number =>
  compareEvents(a.last, b.last) ||
  compareStrings(a.conflict.field, b.conflict.field) ||
  (a.closedBy && b.closedBy ? compareEvents(a.closedBy, b.closedBy) : 0);

const conflictsOf = (
  entityId: string,
  field: string,
  writes: readonly SmoOsWrite[],
  heads: readonly SmoOsWrite[],
): readonly FoundConflict[] => {
  const found: FoundConflict[] = [];
  const list = (candidates: readonly SmoOsWrite[], winner: SmoOsWrite, closedBy?: SmoOsWrite): void => {
    const last = candidates.at(-1)?.event;
    if (last === undefined || !holdsTwoValues(candidates)) return;
    const conflict = {
      entityId,
      field,
      candidates: candidates.map(candidateOf),
      winner: candidateOf(winner),
      resolved: closedBy !== undefined,
      ...(closedBy && { resolvedByEventId: closedBy.event.id, chosenEventId: winner.event.id }),
    };
    found.push({ conflict, last, closedBy: closedBy?.event });
  };
  const shown = heads.at(-1);
  if (shown !== undefined) list(heads, shown);
  for (const write of writes) {
    if (write.chosen !== undefined) list(maximalWrites(pastOf(write, writes)), write.chosen, write);
  }
  return found;
};

const holdsTwoValues = (writes: readonly SmoOsWrite[]): boolean =>
  writes.length > 1 && new Set(writes.map(({ value }) => canonicalText(value))).size > 1;

const candidateOf = ({ value, event }: SmoOsWrite): ConformanceCandidate => ({
  value,
  eventId: event.id,
  origin: event.origin,
  seq: event.seq,
  timestamp: event.timestamp,
});
