import { expect, test } from 'vitest';
import { decodeRecord, type EventBody, encodeRecord } from '../../../protocol/event/index.ts';
import { testLog } from '../../support/test-log.ts';

const BODY: EventBody = { type: 'test/Noted', entityId: 'e', payload: {}, timestamp: 0 };

test.each([
  ['undefined', undefined],
  ['a date', new Date(0)],
  ['a bigint', 1n],
  ['an integer beyond 2^53', 2 ** 53],
  ['a lone surrogate', '\ud800'],
])('authoring refuses a payload with %s', (_, value) => {
  const body = { ...BODY, payload: { value } } as unknown as EventBody;
  expect(() => encodeRecord(body)).toThrow(expect.objectContaining({ code: 'record_not_json' }));
});

test('a seen seq is a safe integer from 1', () => {
  const { origin } = testLog(2);
  const seen = (seq: number): EventBody => ({ ...BODY, seen: { [origin]: seq } });
  for (const seq of [1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    expect(decodeRecord(encodeRecord(seen(seq)))).toEqual({ ok: true, value: seen(seq) });
  }
  for (const seq of [0, -1, 1.5, 2 ** 53]) {
    expect(() => encodeRecord(seen(seq))).toThrow(expect.objectContaining({ code: 'record_malformed' }));
  }
});

test('a member __proto__ is unknown like any other', () => {
  const body = JSON.parse('{"__proto__":{},"entityId":"e","payload":{},"timestamp":0,"type":"test/Noted"}');
  expect(() => encodeRecord(body)).toThrow(expect.objectContaining({ code: 'record_malformed' }));
});
