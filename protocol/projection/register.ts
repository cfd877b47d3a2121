import { canonicalText, type JsonValue } from '../bytes/index.ts';
import { compareEvents, type EventId, type PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { causalPast } from './causal-past.ts';
import { type ProjectionContext, readRow, writeRow } from './context.ts';
import { placeParts, rowKey } from './keys.ts';
import { extendChain } from './register-chain.ts';
import { type ClosedConflictRow, pairOf, placeOf, type RegisterRow, type RegisterWrite } from './rows.ts';
import { registerValue } from './written-value.ts';

/** Whether writes that do not see each other hold two or more different values. */
export const isConflict = (values: readonly JsonValue[]): boolean =>
  values.length > 1 && new Set(values.map(canonicalText)).size > 1;

/**
 * Applies one write to a register: it supersedes every head that it has seen, and closes the conflict, if
 * any, among the maximal writes in its past (docs/protocol/projection.md).
 *
 * @param chosen for a resolution, the event whose value is written
 * @returns whether the register was written before
 */
export const writeRegister = (
  context: ProjectionContext,
  event: PlacedEvent,
  field: string,
  value: JsonValue,
  chosen?: EventId,
): boolean => {
  const { entityId, origin, seq, id, timestamp } = event;
  const key = rowKey('register', entityId, field);
  const before = readRow<RegisterRow>(context, key) ?? UNWRITTEN;
  const unseen = before.heads.filter((head) => !context.sees(event, head));
  const past = causalPast(context, event, field, before);
  const end = extendChain(context, { entityId, field, origin }, before.chains[origin], event);
  const write: RegisterWrite = { origin, seq, id, timestamp, value, ...(chosen && { chosen }) };
  replaceRow(context, { key, entityId, field }, before, {
    heads: [...unseen, write].sort(compareEvents),
    chains: { ...before.chains, [origin]: end },
  });
  closeConflict(context, event, field, before.heads, past, chosen);
  return before !== UNWRITTEN;
};

/** The row of a register that nothing has written. */
const UNWRITTEN: RegisterRow = { heads: [], chains: {} };

const replaceRow = (
  context: ProjectionContext,
  { key, entityId, field }: { readonly key: string; readonly entityId: string; readonly field: string },
  before: RegisterRow,
  after: RegisterRow,
): void => {
  writeRow<RegisterRow>(context, key, after);
  context.digest.replace(
    key,
    registerItem(entityId, field, before.heads),
    registerItem(entityId, field, after.heads),
  );
  const wasOpen = isConflict(before.heads.map((head) => head.value));
  const isOpen = isConflict(after.heads.map((head) => head.value));
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
