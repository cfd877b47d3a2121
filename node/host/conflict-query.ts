import type { StateStore } from '../../protocol/engine/index.ts';
import { compareEvents } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import {
  type ClosedConflictRow,
  candidatePlaces,
  keyParts,
  placeOf,
  type RegisterRow,
  type RegisterWrite,
  registerValue,
  rowKey,
  rowPrefix,
  type ValueContext,
} from '../../protocol/projection/index.ts';
import type { CandidateView, ConflictView } from '../api/index.ts';

/** Open conflicts, of one entity or of all. */
export const openConflicts = async (state: StateStore, entity?: string): Promise<readonly ConflictView[]> => {
  const conflicts: ConflictView[] = [];
  for await (const [key] of state.scan(rowPrefix('conflict', ...scopeOf(entity)))) {
    const [, entityId = '', field = ''] = keyParts(key);
    const row = state.get(rowKey('register', entityId, field)) as unknown as RegisterRow | undefined;
    const candidates = (row?.heads ?? []).map(candidateOf);
    const winner = candidates.at(-1);
    if (winner !== undefined) conflicts.push({ entityId, field, status: 'open', candidates, winner });
  }
  return conflicts;
};

/** Closed conflicts, of one entity or of all: what the candidates were, and which event closed them. */
export const closedConflicts = async (
  state: StateStore,
  context: ValueContext,
  entity?: string,
): Promise<readonly ConflictView[]> => {
  const conflicts: ConflictView[] = [];
  for await (const [key, value] of state.scan(rowPrefix('closed', ...scopeOf(entity)))) {
    const [, entityId = '', field = ''] = keyParts(key);
    const row = value as unknown as ClosedConflictRow;
    const written = (place: Place): CandidateView => writtenCandidate(context, place, field);
    const candidates = candidatePlaces(row).map(written).toSorted(compareCandidates);
    conflicts.push({
      entityId,
      field,
      status: row.chosen === undefined ? 'superseded' : 'resolved',
      candidates,
      winner: candidates.find(({ eventId }) => eventId === row.chosen) ?? written(placeOf(row.by)),
      closedBy: row.id,
      ...(row.chosen !== undefined && { chosenEventId: row.chosen }),
    });
  }
  return conflicts;
};

const scopeOf = (entity: string | undefined): readonly string[] => (entity === undefined ? [] : [entity]);

const compareCandidates = (a: CandidateView, b: CandidateView): number =>
  compareEvents({ ...a, id: a.eventId }, { ...b, id: b.eventId });

const candidateOf = ({ value, id, origin, seq, timestamp }: RegisterWrite): CandidateView => ({
  value,
  eventId: id,
  origin,
  seq,
  timestamp,
});

const writtenCandidate = (context: ValueContext, place: Place, field: string): CandidateView => {
  const event = context.event(place);
  const { id, origin, seq, timestamp } = event;
  return { value: registerValue(context, event, field), eventId: id, origin, seq, timestamp };
};
