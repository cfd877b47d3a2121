import type { JsonValue } from '../bytes/index.ts';
import { CORE_TYPE, type PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { type ProjectionContext, readRow } from './context.ts';
import { placeParts, rowKey } from './keys.ts';
import { type EventRow, type IdRow, type InvalidResolutionRow, type PlacePair, placeOf } from './rows.ts';

/** What is needed to look a written value up. */
export type ValueContext = Pick<ProjectionContext, 'get' | 'event' | 'sees'>;

/** The write that a resolution chose, or why it has no effect. */
export type Choice =
  | { readonly place: Place; readonly reason?: never }
  | { readonly reason: InvalidResolutionRow['reason'] };

/**
 * Finds the write that a resolution chose: an event in its past that writes the register. The chosen id is an
 * event id or, for events that were imported together with their resolution, a source id; an event id goes
 * before a source id, and of several imports of one source the first by origin and seq stands. All that the
 * id names is looked at, but only in the resolution's past: a name that an unseen event has, or the resolution
 * itself, must not change what it chose.
 */
export const chosenWrite = (context: ValueContext, resolution: PlacedEvent): Choice => {
  const field = resolution.payload.field as string;
  const seen = placesNamed(context, resolution.payload.chosenEventId as string).filter(
    (place) => !isSamePlace(place, resolution) && context.sees(resolution, place),
  );
  if (seen.length === 0) return { reason: 'chosen_not_seen' };
  const place = seen.find((candidate) => writesField(context, resolution.entityId, candidate, field));
  return place === undefined ? { reason: 'chosen_writes_other_register' } : { place };
};

/**
 * The value that an event wrote to a register of its entity. A resolution wrote what the event that it chose
 * had written, and so on down to a plain write; each step goes back in causality, so the walk ends.
 */
export const registerValue = (context: ValueContext, event: PlacedEvent, field: string): JsonValue => {
  let current = event;
  while (current.type === CORE_TYPE.conflictResolved) {
    const choice = chosenWrite(context, current);
    if (choice.reason !== undefined) throw new Error(`${current.id} writes no register: ${choice.reason}`);
    current = context.event(choice.place);
  }
  return Object.hasOwn(current.payload, field) ? (current.payload[field] ?? null) : null;
};

/** Places of the events that an id names as their own, then as their source's; excluded ones are not named. */
const placesNamed = (context: ValueContext, name: string): readonly Place[] => {
  const byId = readRow<IdRow>(context, rowKey('id', name));
  const bySource = readRow<readonly PlacePair[]>(context, rowKey('source', name)) ?? [];
  const own = byId === undefined || byId[2] === true ? [] : [byId];
  return [...own, ...bySource].map(placeOf);
};

const isSamePlace = (a: Place, b: Place): boolean => a.origin === b.origin && a.seq === b.seq;

const writesField = (context: ValueContext, entityId: string, place: Place, field: string): boolean => {
  const row = readRow<EventRow>(context, rowKey('event', entityId, ...placeParts(place)));
  return row?.writes !== undefined && Object.hasOwn(row.writes, field);
};
