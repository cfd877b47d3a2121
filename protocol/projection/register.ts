import { canonicalText, type JsonValue } from '../bytes/index.ts';
import { compareEvents, type EventId, type PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { type ProjectionContext, readRow, writeRow } from './context.ts';
import { placeParts, rowKey } from './keys.ts';
import { causalPast } from './register-graph.ts';
import {
  type ClosedConflictRow,
  type PlacePair,
  pairOf,
  placeOf,
  type RegisterRow,
  type RegisterWrite,
} from './rows.ts';
import { registerValue } from './written-value.ts';

/** Heads of a register, in total order; none when nothing wrote it. */
const registerHeads = (
  context: ProjectionContext,
  entityId: string,
  field: string,
): readonly RegisterWrite[] =>
  readRow<RegisterRow>(context, rowKey('register', entityId, field))?.heads ?? [];

/** Whether writes that do not see each other hold two or more different values. */
export const isConflict = (values: readonly JsonValue[]): boolean =>
  values.length > 1 && new Set(values.map(canonicalText)).size > 1;

/**
 * Applies one write to a register: it supersedes every head that it has seen, and closes the conflict, if
 * any, among the maximal writes in its past (docs/protocol/projection.md).
 *
 * @param chosen for a resolution, the event whose value is written
 * @returns the maximal writes in the event's past, for the event's row
 */
export const writeRegister = (
  context: ProjectionContext,
  event: PlacedEvent,
  field: string,
  value: JsonValue,
  chosen?: EventId,
): readonly PlacePair[] => {
  const { entityId, origin, seq, id, timestamp } = event;
  const heads = registerHeads(context, entityId, field);
  const unseen = heads.filter((head) => !context.sees(event, head));
  const after = causalPast(context, event, field, heads);
  const write: RegisterWrite = { origin, seq, id, timestamp, value, ...(chosen && { chosen }) };
  replaceHeads(context, event, field, heads, [...unseen, write].sort(compareEvents));
  closeConflict(context, event, field, heads, after, chosen);
  return after.map(pairOf);
};

const replaceHeads = (
  context: ProjectionContext,
  { entityId }: PlacedEvent,
  field: string,
  before: readonly RegisterWrite[],
  after: readonly RegisterWrite[],
): void => {
  writeRow<RegisterRow>(context, rowKey('register', entityId, field), { heads: after });
  context.digest.replace(registerItem(entityId, field, before), registerItem(entityId, field, after));
  const wasOpen = isConflict(before.map((head) => head.value));
  const isOpen = isConflict(after.map((head) => head.value));
  if (wasOpen === isOpen) return;
  context.counts.openConflicts += isOpen ? 1 : -1;
  writeRow(context, rowKey('conflict', entityId, field), isOpen ? true : null);
};

/** What a register adds to the state digest: its heads, and by them its value and its open conflict. */
const registerItem = (
  entityId: string,
  field: string,
  heads: readonly RegisterWrite[],
): JsonValue | undefined =>
  heads.length === 0 ? undefined : { entityId, field, heads: heads.map(({ id, value }) => ({ id, value })) };

const closeConflict = (
  context: ProjectionContext,
  event: PlacedEvent,
  field: string,
  heads: readonly RegisterWrite[],
  past: readonly Place[],
  chosen: EventId | undefined,
): void => {
  if (past.length < 2) return;
  const valueAt = (place: Place): JsonValue => {
    const head = heads.find(({ origin, seq }) => origin === place.origin && seq === place.seq);
    return head === undefined ? registerValue(context, context.event(place), field) : head.value;
  };
  if (!isConflict(past.map(valueAt))) return;
  context.counts.closedConflicts += 1;
  writeRow<ClosedConflictRow>(context, rowKey('closed', event.entityId, field, ...placeParts(event)), {
    candidates: past.map(pairOf),
    by: pairOf(event),
    id: event.id,
    ...(chosen && { chosen }),
  });
};

/** Candidates of a closed conflict as places. */
export const candidatePlaces = (row: ClosedConflictRow): readonly Place[] => row.candidates.map(placeOf);
