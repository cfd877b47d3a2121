import type { JsonValue } from '../bytes/index.ts';
import { CORE_TYPE, type EventId, type PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { type ProjectionContext, readRow } from './context.ts';
import { rowKey } from './keys.ts';
import { type PlacePair, placeOf } from './rows.ts';

/** Where an applied event is, by its id. */
export const placeById = (context: ProjectionContext, id: string): Place | undefined => {
  const pair = readRow<PlacePair>(context, rowKey('id', id));
  return pair && placeOf(pair);
};

/**
 * The value that an event wrote to a register of its entity. A resolution wrote what the event that it chose
 * had written, and so on down to a plain write; each step goes back in causality, so the walk ends.
 */
export const registerValue = (context: ProjectionContext, event: PlacedEvent, field: string): JsonValue => {
  let current = event;
  while (current.type === CORE_TYPE.conflictResolved) {
    const place = placeById(context, current.payload.chosenEventId as EventId);
    if (place === undefined) throw new Error(`${current.id} was applied without what it chose`);
    current = context.event(place);
  }
  return Object.hasOwn(current.payload, field) ? (current.payload[field] ?? null) : null;
};
