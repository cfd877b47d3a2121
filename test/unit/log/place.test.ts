import { describe, expect, test } from 'vitest';
import {
  CODEC_CANONICAL_JSON,
  type EventBody,
  type EventId,
  encodeRecord,
} from '../../../protocol/event/index.ts';
import { placeRecord } from '../../../protocol/log/index.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const ID = 'ev1placed' as EventId;

const body: EventBody = { type: 'plos.core/StateUpdated', entityId: 'e', payload: { a: 1 }, timestamp: 5 };

describe('a record in its place', () => {
  test('is its body with the id, origin and seq that follow from the place', () => {
    const record = encodeRecord({ ...body, seen: { [ORIGINS.B]: 2 } });
    expect(placeRecord(ORIGINS.A, 7, ID, record)).toEqual({
      ok: true,
      value: { ...body, seen: { [ORIGINS.B]: 2 }, id: ID, origin: ORIGINS.A, seq: 7 },
    });
  });

  test('is refused when it states its own log as seen', () => {
    const record = encodeRecord({ ...body, seen: { [ORIGINS.A]: 1, [ORIGINS.B]: 2 } });
    expect(placeRecord(ORIGINS.A, 7, ID, record)).toMatchObject({
      ok: false,
      fault: { code: 'record_malformed' },
    });
    expect(placeRecord(ORIGINS.C, 7, ID, record).ok).toBe(true);
  });

  test('may have seen another log of the same device', () => {
    const record = encodeRecord({ ...body, seen: { [ORIGINS.A]: 1 } });
    expect(placeRecord(ORIGINS.E, 1, ID, record).ok).toBe(true);
  });

  test('is refused for what is wrong with the record itself', () => {
    const record = Uint8Array.of(CODEC_CANONICAL_JSON, 0x7b);
    expect(placeRecord(ORIGINS.A, 1, ID, record)).toMatchObject({ fault: { code: 'record_not_canonical' } });
  });
});
