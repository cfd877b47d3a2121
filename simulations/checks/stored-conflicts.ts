import { compareEvents, type EventId, type PlacedEvent } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import {
  type ClosedConflictRow,
  candidatePlaces,
  type InvalidResolutionRow,
  keyParts,
  placeOf,
  type RegisterRow,
  rowKey,
  rowPrefix,
} from '../../protocol/projection/index.ts';
import { inOrder, type StateView } from '../oracle/index.ts';
import type { WatchedDevice } from './watched-device.ts';

/** The conflicts that a device keeps on its disk, as the oracle tells them. */
export const storedConflicts = async (
  { state }: Pick<WatchedDevice, 'state'>,
  eventAt: (place: Place) => PlacedEvent,
): Promise<Pick<StateView, 'openConflicts' | 'closedConflicts' | 'invalidResolutions'>> => {
  const rows = async <Row>(kind: Parameters<typeof rowPrefix>[0]) => {
    const all: { readonly entityId: string; readonly field: string; readonly row: Row }[] = [];
    for await (const [key, row] of state.scan(rowPrefix(kind))) {
      const [, entityId = '', field = ''] = keyParts(key);
      all.push({ entityId, field, row: row as unknown as Row });
    }
    return all;
  };
  const heads = new Map(
    (await rows<RegisterRow>('register')).map(({ entityId, field, row }) => [
      rowKey('register', entityId, field),
      row.heads.map(({ id }) => id),
    ]),
  );
  const idsOf = (places: readonly Place[]): readonly EventId[] =>
    places
      .map(eventAt)
      .sort(compareEvents)
      .map(({ id }) => id);
  return {
    openConflicts: inOrder(
      (await rows<true>('conflict')).map(({ entityId, field }) => {
        const candidates = heads.get(rowKey('register', entityId, field)) ?? [];
        return { entityId, field, candidates, winner: candidates.at(-1) ?? '' };
      }),
    ),
    closedConflicts: inOrder(
      (await rows<ClosedConflictRow>('closed')).map(({ entityId, field, row }) => ({
        entityId,
        field,
        candidates: idsOf(candidatePlaces(row)),
        closedBy: eventAt(placeOf(row.by)).id,
        ...(row.chosen === undefined
          ? { kind: 'superseded' as const }
          : { kind: 'resolved' as const, chosen: row.chosen }),
      })),
    ),
    invalidResolutions: inOrder(
      (await rows<InvalidResolutionRow>('invalid')).map(({ entityId, row: { field, id } }) => ({
        entityId,
        field,
        id,
      })),
    ),
  };
};
