import { describe, expect, it } from 'vitest';
import { EVENT_LIMITS } from '../../../protocol/event/index.ts';
import { SEGMENT_LIMITS } from '../../../protocol/segment/index.ts';
import { SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { RangeReceiver } from '../../../protocol/sync/range-receiver.ts';
import { testLog } from '../../support/test-log.ts';

type Range = Extract<SyncFrame, { type: 'range' }>;

const { origin } = testLog(1);
const { origin: other } = testLog(2);
const MANIFEST = Uint8Array.of(1, 2, 3);
const TIMEOUT = SYNC_LIMITS.wantTimeoutMs;

const range = (over: Partial<Range> = {}): Range => ({
  type: 'range',
  want: 1,
  firstSeq: 1,
  records: [new Uint8Array(10)],
  segmentEnd: false,
  ...over,
});

const first = (over: Partial<Range> = {}): Range => range({ manifest: MANIFEST, ...over });

/** A receiver that has asked for one log at time 0, as want 1. */
const asking = (): RangeReceiver => {
  const receiver = new RangeReceiver();
  expect(receiver.want(origin, undefined, 0)).toMatchObject({ want: 1 });
  return receiver;
};

describe('a want', () => {
  it('says what is held', () => {
    const held = { origin, segment: 3, events: 7, seq: 99, sealed: true, commitment: new Uint8Array(32) };
    const receiver = new RangeReceiver();
    expect(receiver.want(origin, held, 0)).toEqual({
      type: 'want',
      want: 1,
      origin,
      segment: 3,
      events: 7,
      sealed: true,
    });
    expect(receiver.want(other, undefined, 0)).toMatchObject({
      want: 2,
      segment: 0,
      events: 0,
      sealed: false,
    });
    expect([...receiver.origins]).toEqual([origin, other]);
  });

  it('has room at the limit of wants, and none past it', () => {
    const receiver = new RangeReceiver();
    for (let i = 1; i <= SYNC_LIMITS.wantsPerPeer; i += 1) {
      expect(receiver.hasRoom).toBe(true);
      receiver.want(testLog(i).origin, undefined, 0);
    }
    expect(receiver.hasRoom).toBe(false);
    receiver.end(1, 0);
    expect(receiver.hasRoom).toBe(true);
  });

  it('that was given up takes its room until the remote has ended it', () => {
    const receiver = new RangeReceiver();
    for (let i = 1; i <= SYNC_LIMITS.wantsPerPeer; i += 1) receiver.want(testLog(i).origin, undefined, 0);
    receiver.abandon(origin);
    expect([receiver.origins.has(origin), receiver.hasRoom]).toEqual([false, false]);
    expect(receiver.end(1, 0)).toBeUndefined();
    expect(receiver.hasRoom).toBe(true);
  });
});

describe('frames of an answer', () => {
  it('are put together to a whole segment', () => {
    const receiver = asking();
    expect(receiver.range(first(), 0)).toEqual({ type: 'partial' });
    expect(
      receiver.range(range({ firstSeq: 2, records: [new Uint8Array(1), new Uint8Array(2)] }), 0),
    ).toEqual({
      type: 'partial',
    });
    expect(receiver.range(range({ firstSeq: 4, segmentEnd: true }), 0)).toEqual({
      type: 'whole',
      range: {
        origin,
        manifest: MANIFEST,
        firstSeq: 1,
        records: [new Uint8Array(10), new Uint8Array(1), new Uint8Array(2), new Uint8Array(10)],
        bytes: 23,
      },
    });
    expect(receiver.range(first({ firstSeq: 5, segmentEnd: true }), 0)).toMatchObject({ type: 'whole' });
    expect(receiver.end(1, 0)).toEqual({ origin, served: true, bytes: 0 });
  });

  it('may bring a seal alone', () => {
    expect(asking().range(first({ records: [], segmentEnd: true }), 0)).toMatchObject({
      type: 'whole',
      range: { records: [], bytes: 0 },
    });
  });

  it.each<[string, readonly Range[]]>([
    ['begin without a manifest', [range()]],
    ['leave a gap', [first(), range({ firstSeq: 3 })]],
    ['overlap', [first(), range({ firstSeq: 1 })]],
    ['go on after the end without a manifest', [first({ segmentEnd: true }), range({ firstSeq: 2 })]],
    ['bring nothing and go on', [first({ records: [] })]],
  ])('that %s are a fault', (_, frames) => {
    const receiver = asking();
    expect(frames.map((frame) => receiver.range(frame, 0)).at(-1)).toMatchObject({
      type: 'fault',
      code: 'bad_range',
    });
  });

  it('to a want that is not open are stray: nothing is kept, their credit is due', () => {
    const receiver = asking();
    expect(receiver.range(range({ want: 2 }), 0)).toEqual({ type: 'stray', bytes: 10 });
    receiver.end(1, 0);
    expect(receiver.range(first(), 0)).toEqual({ type: 'stray', bytes: 10 });
  });

  it('may hold as much as there is credit for, and not one byte more', () => {
    const record = new Uint8Array(EVENT_LIMITS.recordBytesMax);
    const full = (firstSeq: number): Range => first({ firstSeq, records: [record], segmentEnd: true });
    const receiver = asking();
    for (let seq = 1; seq <= 4; seq += 1)
      expect(receiver.range(full(seq), 0)).toMatchObject({ type: 'whole' });
    const one = first({ firstSeq: 5, records: [new Uint8Array(1)], segmentEnd: true });
    expect(receiver.range(one, 0)).toMatchObject({ type: 'fault', code: 'credit_exceeded' });

    const released = asking();
    for (let seq = 1; seq <= 4; seq += 1) released.range(full(seq), 0);
    released.release(record.length, 0);
    expect(released.range(full(5), 0)).toMatchObject({ type: 'whole' });
  });

  it('may hold as many records as a segment, and not one more', () => {
    const records = (count: number): readonly Uint8Array[] =>
      Array.from({ length: count }, () => new Uint8Array(1));
    const full = first({ records: records(SEGMENT_LIMITS.eventsMax) });
    const atLimit = asking();
    expect(atLimit.range(full, 0)).toEqual({ type: 'partial' });
    const past = range({ firstSeq: SEGMENT_LIMITS.eventsMax + 1, records: records(1), segmentEnd: true });
    expect(atLimit.range(past, 0)).toMatchObject({ type: 'fault', code: 'past_limit' });
  });
});

describe('the end of a want', () => {
  it('gives back what makes no whole segment', () => {
    const receiver = asking();
    receiver.range(first(), 0);
    expect(receiver.end(1, 0)).toEqual({ origin, served: false, bytes: 10 });
    expect([...receiver.origins]).toEqual([]);
    expect(receiver.end(1, 0)).toBeUndefined();
  });

  it('by giving it up gives the same back, once', () => {
    const receiver = asking();
    receiver.range(first(), 0);
    expect(receiver.abandon(other)).toBe(0);
    expect(receiver.abandon(origin)).toBe(10);
    expect(receiver.abandon(origin)).toBe(0);
    expect(receiver.range(range({ firstSeq: 2 }), 0)).toEqual({ type: 'stray', bytes: 10 });
    expect(receiver.end(1, 0)).toBeUndefined();
  });

  it('makes room for as many bytes as it gave back', () => {
    const record = new Uint8Array(EVENT_LIMITS.recordBytesMax);
    const receiver = asking();
    receiver.range(first({ records: [record, record, record, record] }), 0);
    receiver.abandon(origin);
    receiver.want(origin, undefined, 0);
    const again = first({ want: 2, records: [record, record, record, record], segmentEnd: true });
    expect(receiver.range(again, 0)).toMatchObject({ type: 'whole' });
  });
});

describe('the deadline', () => {
  it('is that of the want, and moves with everything that comes of any want', () => {
    const receiver = new RangeReceiver();
    expect(receiver.deadlineMs).toBeUndefined();
    receiver.want(origin, undefined, 100);
    expect(receiver.deadlineMs).toBe(100 + TIMEOUT);
    receiver.want(other, undefined, 200);
    expect(receiver.deadlineMs).toBe(100 + TIMEOUT);
    receiver.range(first(), 300);
    expect(receiver.deadlineMs).toBe(300 + TIMEOUT);
    receiver.end(1, 400);
    expect(receiver.deadlineMs).toBe(400 + TIMEOUT);
    receiver.release(0, 500);
    expect(receiver.deadlineMs).toBe(500 + TIMEOUT);
    receiver.end(2, 600);
    expect(receiver.deadlineMs).toBeUndefined();
  });

  it('is not moved by what nobody asked for', () => {
    const receiver = asking();
    receiver.range(first({ want: 7 }), 300);
    receiver.end(7, 300);
    expect(receiver.deadlineMs).toBe(TIMEOUT);
  });

  it('expires the wants when it is reached, not before', () => {
    const receiver = asking();
    receiver.want(other, undefined, 5);
    expect(receiver.expired(TIMEOUT - 1)).toEqual([]);
    expect(receiver.expired(TIMEOUT)).toEqual([origin, other]);
  });

  it('is not put off by a clock that is set back', () => {
    const receiver = new RangeReceiver();
    receiver.want(origin, undefined, 2 * TIMEOUT);
    expect(receiver.expired(TIMEOUT + 1)).toEqual([]);
    expect(receiver.expired(TIMEOUT)).toEqual([origin]);
  });
});
