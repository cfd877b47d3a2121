import { compareStrings } from '../bytes/index.ts';
import type { PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { type ProjectionContext, readRow } from './context.ts';
import { placeParts, rowKey } from './keys.ts';
import { type EventRow, placeOf } from './rows.ts';

/**
 * C(e): the maximal writes to a register in the past of an event that is about to write it.
 *
 * Usually the event has seen every head, and these are C(e). Otherwise the register's causal graph is walked
 * from the heads that it has not seen down to the first writes that it has; what lies below those is covered
 * by them. Each write is visited once, and only the part of the graph that the event has not seen.
 *
 * @returns at most one write of each log, in order of origin: rows do not tell in which order events came
 */
export const causalPast = (
  context: ProjectionContext,
  event: PlacedEvent,
  field: string,
  heads: readonly Place[],
): readonly Place[] => {
  const seen = new Map<string, Place>();
  const visited = new Set<string>();
  const open: Place[] = [...heads];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const name = `${place.origin} ${place.seq}`;
    if (visited.has(name)) continue;
    visited.add(name);
    if (context.sees(event, place)) seen.set(name, place);
    else open.push(...writesBefore(context, event.entityId, field, place));
  }
  return maximal(context, [...seen.values()]);
};

/** The edges of the register's graph at one write. */
const writesBefore = (
  context: ProjectionContext,
  entityId: string,
  field: string,
  place: Place,
): readonly Place[] => {
  const row = readRow<EventRow>(context, rowKey('event', entityId, ...placeParts(place)));
  const after = row?.after;
  return after !== undefined && Object.hasOwn(after, field) ? (after[field] ?? []).map(placeOf) : [];
};

const maximal = (context: ProjectionContext, places: readonly Place[]): readonly Place[] =>
  places
    .filter((place) => !places.some((other) => other !== place && context.sees(other, place)))
    .sort((a, b) => compareStrings(a.origin, b.origin));
