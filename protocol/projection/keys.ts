import type { EventId, Origin, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';

/**
 * Keys of the projection's rows. Parts are separated by NUL; a NUL or U+0001 inside a part is escaped, so
 * that no two lists of parts share a key and `prefix` finds exactly the rows below it.
 *
 * | key                              | row                                                     |
 * |----------------------------------|---------------------------------------------------------|
 * | entity, ID                       | `true`: some core event names the entity                |
 * | register, ENTITY, FIELD          | {@link RegisterRow}: heads of the register              |
 * | conflict, ENTITY, FIELD          | `true`: the register's heads are an open conflict       |
 * | closed, ENTITY, FIELD, PLACE     | {@link ClosedConflictRow}                               |
 * | invalid, ENTITY, PLACE           | {@link InvalidResolutionRow}                            |
 * | relation, ENTITY, RELATION       | {@link RelationRow}: additions that survive             |
 * | metric, ENTITY, ORDER            | {@link MetricRow}                                       |
 * | writes, ENTITY, FIELD, LOG, PAGE | {@link ChainPage}: writes of a log to the register      |
 * | event, ENTITY, PLACE             | `true`: an event on the entity that writes no register  |
 * | source, SOURCE ID                | `[[origin, seq], ...]` of the imports of one event      |
 */
export type RowKind =
  | 'entity'
  | 'register'
  | 'conflict'
  | 'closed'
  | 'invalid'
  | 'relation'
  | 'metric'
  | 'writes'
  | 'event'
  | 'source';

const SEPARATOR = '\u0000';

/** The key of one row. */
export const rowKey = (kind: RowKind, ...parts: readonly string[]): string => composeKey(kind, ...parts);

/** A key of any kind from its parts. */
export const composeKey = (...parts: readonly string[]): string => {
  let key = escapePart(parts[0] ?? '');
  for (let i = 1; i < parts.length; i += 1) key += SEPARATOR + escapePart(parts[i] ?? '');
  return key;
};

/** Start of the keys of all rows below the given parts. */
export const rowPrefix = (kind: RowKind, ...parts: readonly string[]): string =>
  rowKey(kind, ...parts) + SEPARATOR;

/** The parts of a row's key, its kind first. */
export const keyParts = (key: string): readonly string[] => key.split(SEPARATOR).map(unescapePart);

/** A place as two parts of a key that sort as the place does within its log. */
export const placeParts = ({ origin, seq }: Place): readonly [Origin, string] => [origin, paddedNumber(seq)];

/** The total order of an event as one part of a key. */
export const orderPart = (event: {
  readonly timestamp: number;
  readonly origin: Origin;
  readonly seq: Seq;
  readonly id: EventId;
}): string => `${paddedNumber(event.timestamp)} ${event.origin} ${paddedNumber(event.seq)} ${event.id}`;

/** A safe integer with leading zeros, so that its text sorts as the number does. */
export const paddedNumber = (value: number): string => String(value).padStart(16, '0');

const escapePart = (part: string): string =>
  part.includes('\u0001') || part.includes(SEPARATOR) ? escaped(part) : part;

const escaped = (part: string): string =>
  part.replaceAll('\u0001', '\u0001e').replaceAll(SEPARATOR, '\u0001n');

const unescapePart = (part: string): string =>
  part.replaceAll('\u0001n', SEPARATOR).replaceAll('\u0001e', '\u0001');
