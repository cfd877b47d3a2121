import { compareStrings, type JsonObject } from '../bytes/index.ts';
import { CORE_TYPE, compareEvents, type PlacedEvent } from '../event/index.ts';
import { type ProjectionContext, readRow, writeRow } from './context.ts';
import { orderPart, placeParts, rowKey } from './keys.ts';
import { writeRegister } from './register.ts';
import {
  type InvalidResolutionRow,
  type MetricRow,
  type PlacePair,
  pairOf,
  type RelationAddition,
  type RelationRow,
} from './rows.ts';
import { chosenWrite, registerValue } from './written-value.ts';

/**
 * Applies one ready event to the projected state. The caller applies each event once, in any order that
 * respects readiness; the resulting state does not depend on which (invariants S1 and S2).
 */
export const projectEvent = (context: ProjectionContext, event: PlacedEvent): void => {
  context.counts.events += 1;
  if (!applyByType(context, event)) listEvent(context, event);
  if (event.source !== undefined) indexSource(context, event, event.source.id);
};

/**
 * Lists an applied event that does not count: whoever wrote it was not to. It is found in the history of its
 * entity, and has no effect on anything: the entity does not exist for its sake, nobody can choose what it
 * wrote, and an import may bring its source again.
 */
export const listExcluded = (context: ProjectionContext, event: PlacedEvent): void => {
  context.counts.excluded += 1;
  listEvent(context, event);
};

/** Writes to registers are listed by the registers. */
const listEvent = (context: ProjectionContext, event: PlacedEvent): void =>
  context.put(rowKey('event', event.entityId, ...placeParts(event)), true);

/** Usually one place; each device that imports the same history adds its own. */
const indexSource = (context: ProjectionContext, event: PlacedEvent, source: string): void => {
  const key = rowKey('source', source);
  const places = [...(readRow<readonly PlacePair[]>(context, key) ?? []), pairOf(event)];
  writeRow(
    context,
    key,
    places.toSorted((a, b) => compareStrings(a[0], b[0]) || a[1] - b[1]),
  );
};

/** @returns whether the event writes a register */
const applyByType = (context: ProjectionContext, event: PlacedEvent): boolean => {
  switch (event.type) {
    case CORE_TYPE.entityCreated:
    case CORE_TYPE.stateUpdated:
      return writeFields(context, event);
    case CORE_TYPE.conflictResolved:
      touchEntity(context, event.entityId);
      return resolveConflict(context, event);
    case CORE_TYPE.relationAdded:
      touchEntity(context, event.entityId);
      changeRelation(context, event, (additions) => [...additions, additionOf(event)]);
      return false;
    case CORE_TYPE.relationRemoved:
      touchEntity(context, event.entityId);
      changeRelation(context, event, (additions) =>
        additions.filter((addition) => !context.sees(event, addition)),
      );
      return false;
    case CORE_TYPE.metricRecorded:
      touchEntity(context, event.entityId);
      recordMetric(context, event);
      return false;
    default:
      // Another namespace: carried and listed, never interpreted.
      return false;
  }
};

const touchEntity = (context: ProjectionContext, entityId: string): void => {
  const key = rowKey('entity', entityId);
  if (context.get(key) !== undefined) return;
  context.put(key, true);
  context.counts.entities += 1;
  context.digest.replace(key, undefined, { entityId });
};

/** An entity of which a register was written before is there: then its own row need not be read. */
const writeFields = (context: ProjectionContext, event: PlacedEvent): boolean => {
  const fields = Object.entries(event.payload);
  const known = fields.filter(([field, value]) => writeRegister(context, event, field, value));
  if (known.length === 0) touchEntity(context, event.entityId);
  return fields.length > 0;
};

/** A resolution counts when it has seen the event that it chose, and that event writes the register. */
const resolveConflict = (context: ProjectionContext, event: PlacedEvent): boolean => {
  const field = event.payload.field as string;
  const place = chosenWrite(context, event);
  if (place === undefined) {
    refuseResolution(context, event, field);
    return false;
  }
  const chosen = context.event(place);
  writeRegister(context, event, field, registerValue(context, chosen, field), chosen.id);
  return true;
};

const refuseResolution = (context: ProjectionContext, event: PlacedEvent, field: string): void => {
  context.counts.invalidResolutions += 1;
  const key = rowKey('invalid', event.entityId, ...placeParts(event));
  writeRow<InvalidResolutionRow>(context, key, { id: event.id, field });
};

const changeRelation = (
  context: ProjectionContext,
  event: PlacedEvent,
  change: (additions: readonly RelationAddition[]) => readonly RelationAddition[],
): void => {
  const relation = event.payload.id as string;
  const key = rowKey('relation', event.entityId, relation);
  const before = readRow<RelationRow>(context, key)?.additions ?? [];
  const after = change(before).toSorted(compareEvents);
  writeRow<RelationRow>(context, key, after.length === 0 ? null : { additions: after });
  context.digest.replace(
    key,
    relationItem(event.entityId, relation, before),
    relationItem(event.entityId, relation, after),
  );
};

const additionOf = ({ origin, seq, id, timestamp, payload }: PlacedEvent): RelationAddition => ({
  origin,
  seq,
  id,
  timestamp,
  payload,
});

const relationItem = (
  entityId: string,
  relation: string,
  additions: readonly RelationAddition[],
): JsonObject | undefined =>
  additions.length === 0
    ? undefined
    : { entityId, relation, additions: additions.map(({ id, payload }) => ({ id, payload })) };

const recordMetric = (context: ProjectionContext, event: PlacedEvent): void => {
  const { entityId, id, payload } = event;
  const key = rowKey('metric', entityId, orderPart(event));
  writeRow<MetricRow>(context, key, { id, payload });
  context.digest.replace(key, undefined, { entityId, metric: id, payload });
};
