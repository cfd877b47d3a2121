import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../protocol/bytes/index.ts';
import { decodeRecord, EVENT_LIMITS, type EventBody, encodeRecord } from '../../../protocol/event/index.ts';

const BODY: EventBody = { type: 'test/Noted', entityId: 'e', payload: {}, timestamp: 0 };

/** A body of which one measure is `size`. */
type Sized = (size: number) => EventBody;

const nested = (levels: number): JsonValue => (levels === 0 ? 0 : { a: nested(levels - 1) });

const payload = (type: string, members: JsonObject): EventBody => ({ ...BODY, type, payload: members });

const NAMES: readonly (readonly [what: string, body: Sized])[] = [
  ['an entity id', (size) => ({ ...BODY, entityId: 'x'.repeat(size) })],
  ['an actor', (size) => ({ ...BODY, actor: 'x'.repeat(size) })],
  ['the id of a source', (size) => ({ ...BODY, source: { id: 'x'.repeat(size) } })],
  ['a field name', (size) => payload('plos.core/EntityCreated', { ['x'.repeat(size)]: 1 })],
  ['a relation id', (size) => payload('plos.core/RelationRemoved', { id: 'x'.repeat(size) })],
  [
    'the field of a resolution',
    (size) => payload('plos.core/ConflictResolved', { field: 'x'.repeat(size), chosenEventId: 'e' }),
  ],
];

const expectLimit = (code: string, atLimit: EventBody, past: EventBody): void => {
  expect(decodeRecord(encodeRecord(atLimit))).toEqual({ ok: true, value: atLimit });
  expect(() => encodeRecord(past)).toThrow(expect.objectContaining({ name: 'SmoError', code }));
};

describe('at the limit and one past it', () => {
  test.each(NAMES)('%s', (_, body) => {
    expectLimit('record_past_limit', body(EVENT_LIMITS.nameBytesMax), body(EVENT_LIMITS.nameBytesMax + 1));
  });

  test('names are measured in bytes of UTF-8, not in characters', () => {
    const name = '€'.repeat(Math.floor(EVENT_LIMITS.nameBytesMax / 3));
    expectLimit('record_past_limit', { ...BODY, entityId: name }, { ...BODY, entityId: `${name}€` });
  });

  test('a type', () => {
    const typed: Sized = (size) => ({ ...BODY, type: `test/${'x'.repeat(size - 5)}` });
    expectLimit('record_past_limit', typed(EVENT_LIMITS.typeBytesMax), typed(EVENT_LIMITS.typeBytesMax + 1));
  });

  test('the nesting of a payload', () => {
    const deep: Sized = (levels) => ({ ...BODY, payload: nested(levels) as JsonObject });
    expectLimit(
      'record_past_limit',
      deep(EVENT_LIMITS.payloadDepthMax),
      deep(EVENT_LIMITS.payloadDepthMax + 1),
    );
  });

  test('a timestamp', () => {
    const at: Sized = (timestamp) => ({ ...BODY, timestamp });
    expectLimit('record_malformed', at(EVENT_LIMITS.timestampMsMax), at(EVENT_LIMITS.timestampMsMax + 1));
    expectLimit('record_malformed', at(0), at(-1));
  });

  test('a whole record', () => {
    const frame = encodeRecord({ ...BODY, payload: { a: '' } }).length;
    const sized: Sized = (size) => ({ ...BODY, payload: { a: 'x'.repeat(size - frame) } });
    expect(encodeRecord(sized(EVENT_LIMITS.recordBytesMax))).toHaveLength(EVENT_LIMITS.recordBytesMax);
    expectLimit(
      'record_too_large',
      sized(EVENT_LIMITS.recordBytesMax),
      sized(EVENT_LIMITS.recordBytesMax + 1),
    );
  });
});

test('field names of foreign types are their own matter', () => {
  const body = payload('shop/Ordered', { ['x'.repeat(EVENT_LIMITS.nameBytesMax + 1)]: 1 });
  expect(decodeRecord(encodeRecord(body))).toEqual({ ok: true, value: body });
});
