import type { StateStore } from '../../protocol/engine/index.ts';
import type { EventId, Origin } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import {
  isNamed,
  keyParts,
  type RegisterRow,
  registerWrites,
  rowKey,
  rowPrefix,
} from '../../protocol/projection/index.ts';
import { ambiguous, findEntity } from './entity-query.ts';
import type { EventReader } from './event-view.ts';

/** One field of an entity. */
export interface FieldPath {
  readonly entityId: string;
  readonly field: string;
}

/**
 * The entity whose history a person asks for: events that do not count make no entity, and have a history all the same.
 * @throws SmoError `entity_unknown` or `entity_ambiguous`
 */
export const findHistory = async (state: StateStore, text: string): Promise<string> => {
  for await (const _ of state.scan(rowPrefix('event', text))) return text;
  return findEntity(state, text);
};

/** Places of all events on an entity, in no particular order. */
export const eventsOn = async (state: StateStore, entityId: string): Promise<readonly Place[]> => {
  // An event may write several fields.
  const places = new Map<string, Place>();
  const add = (place: Place): unknown => places.set(`${place.origin} ${place.seq}`, place);
  for await (const [key] of state.scan(rowPrefix('event', entityId))) {
    const [, , origin, seq] = keyParts(key);
    add({ origin: origin as Origin, seq: Number(seq) });
  }
  for await (const [key, row] of state.scan(rowPrefix('register', entityId))) {
    const [, , field = ''] = keyParts(key);
    for (const write of registerWrites(state, { entityId, field }, row as unknown as RegisterRow)) add(write);
  }
  return [...places.values()];
};

/**
 * Places of all writes to a field, in no particular order.
 * @throws SmoError `field_unknown`
 */
export const writesTo = (state: StateStore, path: FieldPath): readonly Place[] => [
  ...registerWrites(state, path, fieldRow(state, path)),
];

/**
 * The write to a field that a person means: a whole event id, or the beginning of exactly one.
 * @throws SmoError `field_unknown`, `event_not_candidate` or `event_ambiguous`
 */
export const findWrite = (
  state: StateStore,
  reader: Pick<EventReader, 'event'>,
  path: FieldPath,
  text: string,
): EventId => {
  const row = fieldRow(state, path);
  const [head, ...otherHeads] = row.heads.filter(({ id }) => id.startsWith(text));
  if (head !== undefined && otherHeads.length === 0) return head.id;
  const found: EventId[] = [];
  for (const write of registerWrites(state, path, row)) {
    if (!isNamed(write, text)) continue;
    const { id } = reader.event(write);
    if (id.startsWith(text)) found.push(id);
    if (found.length > 1) throw ambiguous('event', text, found);
  }
  if (found[0] !== undefined && text !== '') return found[0];
  throw new SmoError(
    'event_not_candidate',
    `no event "${text}" writes field "${path.field}" of ${path.entityId}`,
    `Run "smo conflicts" or "smo history ${path.entityId} ${path.field}" to see which events do.`,
  );
};

const fieldRow = (state: StateStore, { entityId, field }: FieldPath): RegisterRow => {
  const row = state.get(rowKey('register', entityId, field)) as unknown as RegisterRow | undefined;
  if (row !== undefined) return row;
  throw new SmoError(
    'field_unknown',
    `nothing ever wrote field "${field}" of ${entityId}`,
    `Run "smo show ${entityId}" to see its fields.`,
  );
};
