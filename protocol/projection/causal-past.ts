import { compareStrings } from '../bytes/index.ts';
import type { Origin, PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import type { ProjectionContext } from './context.ts';
import { lastWriteUpTo } from './register-chain.ts';
import type { RegisterRow } from './rows.ts';

/**
 * C(e): the maximal writes to a register in the past of an event that is about to write it.
 *
 * Usually the event has seen every head, and these are C(e). Otherwise, of each log that writes the register,
 * the newest write that the event has seen covers the log's earlier ones, and the maximal among those writes
 * are C(e). The cost grows with the number of these logs, and only logarithmically with their writes, however
 * long they were apart.
 *
 * @returns at most one write of each log, in order of origin: rows do not tell in which order events came
 */
export const causalPast = (
  context: ProjectionContext,
  event: PlacedEvent,
  field: string,
  { heads, chains }: RegisterRow,
): readonly Place[] => {
  const places = heads.every((head) => context.sees(event, head))
    ? heads.map(({ origin, seq }) => ({ origin, seq }))
    : maximal(context, newestSeen(context, event, field, chains));
  return places.toSorted((a, b) => compareStrings(a.origin, b.origin));
};

const newestSeen = (
  context: ProjectionContext,
  event: PlacedEvent,
  field: string,
  chains: RegisterRow['chains'],
): readonly Place[] =>
  Object.entries(chains).flatMap(([name, end]) => {
    const origin = name as Origin;
    const chain = { entityId: event.entityId, field, origin };
    const seq = lastWriteUpTo(context, chain, end, context.seenSeq(event, origin));
    return seq === 0 ? [] : [{ origin, seq }];
  });

const maximal = (context: ProjectionContext, places: readonly Place[]): readonly Place[] =>
  places.filter((place) => !places.some((other) => other !== place && context.sees(other, place)));
