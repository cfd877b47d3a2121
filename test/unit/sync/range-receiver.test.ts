import { describe, expect, it } from 'vitest';
import { EVENT_LIMITS, type Origin } from '../../../protocol/event/index.ts';
import { SEGMENT_LIMITS } from '../../../protocol/segment/index.ts';
import { SYNC_LIMITS, type SyncFrame, type Window } from '../../../protocol/sync/index.ts';
import { RangeReceiver } from '../../../protocol/sync/range-receiver.ts';
import { ReceivedBytes } from '../../../protocol/sync/received-bytes.ts';
import { testLog } from '../../support/test-log.ts';

type Range = Extract<SyncFrame, { type: 'range' }>;

const { origin } = testLog(1);
const { origin: other } = testLog(2);
const MANIFEST = Uint8Array.of(1, 2, 3);
const TIMEOUT = SYNC_LIMITS.wantTimeoutMs;
const SLOW = SYNC_LIMITS.segmentTimeoutMs;
const WINDOW: Window = { segment: 4, events: 2, until: 6 };
const BIG = EVENT_LIMITS.recordBytesMax;

const range = (over: Partial<Range> = {}): Range => ({
  type: 'range',
  want: 1,
  records: [new Uint8Array(10)],
  follows: 'records',
  ...over,
});

const first = (over: Partial<Range> = {}): Range => range({ manifest: MANIFEST, ...over });

/** A receiver that has asked for one log at time 0, as want 1. */
const asking = (bytes: ReceivedBytes = new ReceivedBytes()): RangeReceiver => {
  const receiver = new RangeReceiver(bytes);
  expect(receiver.want(origin, WINDOW, 0)).toBe(1);
  return receiver;
};

const originsOf = (receiver: RangeReceiver): readonly Origin[] =>
  [...receiver.open()].map((want) => want.origin);

describe('a want', () => {
  it('is open until it is ended, and counts up', () => {
    const receiver = asking();
    expect(receiver.want(other, { segment: 0, events: 0, until: 3 }, 0)).toBe(2);
    expect([...receiver.open()]).toEqual([
      { origin, ...WINDOW },
      { origin: other, segment: 0, events: 0, until: 3 },
    ]);
    expect([receiver.load, receiver.idle]).toEqual([2, false]);
    receiver.end(1, 0);
    expect([originsOf(receiver), receiver.load]).toEqual([[other], 1]);
  });

  it('whose answer came too late is waited for twice as long the next time, up to a bound', () => {
    const receiver = new RangeReceiver(new ReceivedBytes());
    const waited = Array.from({ length: 6 }, (_, i) => {
      const want = receiver.want(origin, WINDOW, 0);
      const deadlineMs = receiver.deadlineMs ?? expect.fail('there is no deadline');
      expect([receiver.hasStalled(deadlineMs - 1), receiver.hasStalled(deadlineMs)]).toEqual([false, true]);
      receiver.abandon(origin);
      // Too late either way.
      if (i % 2 === 0) receiver.range(first({ want, follows: 'nothing' }), 0);
      else receiver.end(want, 0);
      return deadlineMs;
    });
    expect(waited).toEqual([1, 2, 4, 8, 16, 16].map((times) => times * TIMEOUT));
  });

  it('is waited on for, a time-out at a time, until it has been long enough', () => {
    const receiver = asking();
    const looks = Array.from({ length: 6 }, () => {
      const deadlineMs = receiver.deadlineMs ?? expect.fail('there is no deadline');
      expect([receiver.hasStalled(deadlineMs - 1), receiver.hasStalled(deadlineMs)]).toEqual([false, true]);
      return [deadlineMs / TIMEOUT, receiver.waitOn(deadlineMs)];
    });
    expect(looks).toEqual([1, 2, 3, 4, 5, 6].map((times) => [times, times < 6]));
    expect(TIMEOUT + SYNC_LIMITS.wantGraceMs).toBe(6 * TIMEOUT);
  });

  it('is waited on for again, from the beginning, once something has come or something else is asked for', () => {
    const receiver = asking();
    receiver.waitOn(TIMEOUT);
    receiver.range(first(), TIMEOUT + 1);
    expect(receiver.deadlineMs).toBe(2 * TIMEOUT + 1);
    receiver.waitOn(2 * TIMEOUT + 1);
    receiver.abandon(origin);
    receiver.want(origin, WINDOW, 5 * TIMEOUT);
    expect(receiver.deadlineMs).toBe(6 * TIMEOUT);
  });

  it('that is never answered is waited for no longer than the one before', () => {
    const receiver = asking();
    receiver.abandon(origin);
    receiver.want(origin, WINDOW, 0);
    expect(receiver.deadlineMs).toBe(TIMEOUT);
  });

  it('that is yielded is not open, and what comes of it is taken all the same', () => {
    const receiver = asking();
    receiver.range(first(), 1);
    receiver.yield(origin);
    receiver.yield(origin);
    expect([originsOf(receiver), receiver.idle, receiver.load, [...receiver.logs]]).toEqual([
      [],
      true,
      1,
      [origin],
    ]);
    const whole = receiver.range(range({ follows: 'segment' }), 2);
    expect(whole).toMatchObject({ type: 'whole', range: { origin, segment: 4, bytes: 20 } });
    receiver.want(other, WINDOW, 2);
    expect([receiver.hasYielded(origin), receiver.hasYielded(other)]).toEqual([true, false]);
    expect(receiver.end(1, 3)).toEqual({ origin, served: true, resumed: false });
    expect([originsOf(receiver), receiver.hasYielded(origin)]).toEqual([[other], false]);
    // It has answered, later than it was waited for.
    expect(receiver.deadlineMs).toBe(3 + 2 * TIMEOUT);
  });

  it('that is yielded is still waited for, and can be given up', () => {
    const receiver = asking();
    receiver.yield(origin);
    expect([receiver.deadlineMs, receiver.hasStalled(TIMEOUT)]).toEqual([TIMEOUT, true]);
    receiver.abandon(origin);
    expect([receiver.deadlineMs, receiver.idle, receiver.load]).toEqual([undefined, true, 1]);
    expect(receiver.range(first({ follows: 'nothing' }), 0)).toEqual({ type: 'stray' });
    expect([receiver.idle, receiver.load]).toEqual([true, 0]);
  });

  it('that was given up weighs until the remote has ended it, in either way', () => {
    for (const end of ['want-end', 'last frame'] as const) {
      const receiver = asking();
      receiver.want(origin, { segment: 9, events: 0, until: 9 }, 0);
      receiver.abandon(origin);
      expect([originsOf(receiver), receiver.load, receiver.idle]).toEqual([[], 2, true]);
      if (end === 'want-end') expect(receiver.end(1, 0)).toBeUndefined();
      else expect(receiver.range(first({ follows: 'nothing' }), 0)).toEqual({ type: 'stray' });
      expect(receiver.load).toBe(1);
    }
  });
});

describe('frames of an answer', () => {
  it('are put together to whole segments, the first without what was not asked for', () => {
    const receiver = asking();
    expect(receiver.range(first(), 0)).toEqual({ type: 'partial' });
    expect(receiver.range(range({ records: [new Uint8Array(1), new Uint8Array(2)] }), 0)).toEqual({
      type: 'partial',
    });
    expect(receiver.range(range({ follows: 'segment' }), 0)).toEqual({
      type: 'whole',
      range: {
        origin,
        segment: 4,
        skipped: 2,
        manifest: MANIFEST,
        records: [new Uint8Array(10), new Uint8Array(1), new Uint8Array(2), new Uint8Array(10)],
        bytes: 23,
        resumed: false,
        continues: true,
      },
    });
    expect([...receiver.open()]).toEqual([{ origin, segment: 5, events: 0, until: 6 }]);
    expect(receiver.range(first({ follows: 'nothing' }), 0)).toMatchObject({
      type: 'whole',
      range: { segment: 5, skipped: 0 },
    });
    expect([receiver.idle, receiver.load]).toEqual([true, 0]);
  });

  it('go on from what came in a session before, which costs no credit again', () => {
    const bytes = new ReceivedBytes();
    const receiver = new RangeReceiver(bytes);
    const before = new Uint8Array(5);
    const want = receiver.want(origin, WINDOW, 0, [before]);
    expect([...receiver.open()]).toEqual([{ origin, ...WINDOW }]);
    expect(receiver.part).toEqual({ origin, segment: 4, skipped: 2, records: [before] });
    receiver.range(first({ want }), 0);
    expect(receiver.part?.records).toHaveLength(2);
    expect(receiver.range(range({ want, follows: 'segment' }), 0)).toEqual({
      type: 'whole',
      range: {
        origin,
        segment: 4,
        skipped: 2,
        manifest: MANIFEST,
        records: [before, new Uint8Array(10), new Uint8Array(10)],
        bytes: 20,
        resumed: true,
        continues: true,
      },
    });
    expect(receiver.part).toBeUndefined();
    expect(receiver.range(first({ want, follows: 'nothing' }), 0)).toMatchObject({
      range: { segment: 5, resumed: false },
    });
  });

  it('may bring a seal alone', () => {
    expect(asking().range(first({ records: [], follows: 'segment' }), 0)).toMatchObject({
      type: 'whole',
      range: { records: [], bytes: 0 },
    });
  });

  it.each<[string, readonly Range[]]>([
    ['begin without a manifest', [range()]],
    ['have a manifest in the middle', [first(), first()]],
    ['go on after the end without a manifest', [first({ follows: 'segment' }), range()]],
    ['bring nothing and go on', [first({ records: [] })]],
    ['bring a segment past the window', [4, 5, 6, 7].map(() => first({ follows: 'segment' }))],
  ])('that %s are a fault', (_, frames) => {
    const receiver = asking();
    expect(frames.map((frame) => receiver.range(frame, 0).type).slice(0, -1)).not.toContain('fault');
    const again = asking();
    expect(frames.map((frame) => again.range(frame, 0)).at(-1)).toMatchObject({
      type: 'fault',
      code: 'bad_range',
    });
  });

  it('to a want that is not open are stray, and nothing is kept', () => {
    const receiver = asking();
    expect(receiver.range(first({ want: 2 }), 0)).toEqual({ type: 'stray' });
    receiver.end(1, 0);
    expect(receiver.range(first(), 0)).toEqual({ type: 'stray' });
  });

  it('may hold as much as there is credit for, and not one byte more', () => {
    const full = first({ records: [new Uint8Array(BIG)] });
    const receiver = asking();
    expect(receiver.range(full, 0)).toEqual({ type: 'partial' });
    for (let i = 2; i <= 4; i += 1) receiver.range(range({ records: [new Uint8Array(BIG)] }), 0);
    expect(receiver.range(range({ records: [], follows: 'segment' }), 0)).toMatchObject({ type: 'whole' });
    expect(receiver.range(first({ records: [new Uint8Array(1)] }), 0)).toMatchObject({
      type: 'fault',
      code: 'credit_exceeded',
    });
  });

  it('may hold as many records as a segment, and not one more', () => {
    const records = (count: number): readonly Uint8Array[] =>
      Array.from({ length: count }, () => new Uint8Array(1));
    const resumed = new RangeReceiver(new ReceivedBytes());
    const want = resumed.want(origin, WINDOW, 0, records(SEGMENT_LIMITS.eventsMax - 1));
    expect(resumed.range(first({ want, records: records(2) }), 0)).toMatchObject({ code: 'past_limit' });
    const atLimit = asking();
    expect(atLimit.range(first({ records: records(SEGMENT_LIMITS.eventsMax) }), 0)).toEqual({
      type: 'partial',
    });
    expect(atLimit.range(range({ records: records(1), follows: 'segment' }), 0)).toMatchObject({
      type: 'fault',
      code: 'past_limit',
    });
  });
});

describe('credit', () => {
  it('is given back only when more than half of it is used up, all at once', () => {
    const bytes = new ReceivedBytes();
    const receiver = asking(bytes);
    const half = [new Uint8Array(BIG), new Uint8Array(BIG)];
    receiver.range(first({ records: half, follows: 'segment' }), 0);
    receiver.release(2 * BIG, 0);
    expect(bytes.takeCredit()).toBe(0);
    receiver.range(first({ records: [new Uint8Array(1)] }), 0);
    expect(bytes.takeCredit()).toBe(2 * BIG);
    expect(bytes.takeCredit()).toBe(0);
  });

  it('is due for what was dropped, too', () => {
    const bytes = new ReceivedBytes();
    const receiver = asking(bytes);
    receiver.range(first({ records: [new Uint8Array(BIG)] }), 0);
    receiver.abandon(origin);
    receiver.range(range({ records: [new Uint8Array(BIG)] }), 0);
    receiver.range(range({ want: 77, records: [new Uint8Array(1)] }), 0);
    expect(bytes.takeCredit()).toBe(2 * BIG + 1);
  });

  it('that was given back is there again', () => {
    const bytes = new ReceivedBytes();
    const receiver = asking(bytes);
    const all = [1, 2, 3, 4].map(() => new Uint8Array(BIG));
    receiver.range(first({ records: all, follows: 'segment' }), 0);
    receiver.release(4 * BIG, 0);
    expect(bytes.takeCredit()).toBe(4 * BIG);
    expect(receiver.range(first({ records: all, follows: 'segment' }), 0)).toMatchObject({ type: 'whole' });
  });
});

describe('the end of a want', () => {
  it('says whether anything whole has come', () => {
    const receiver = asking();
    receiver.range(first(), 0);
    expect(receiver.end(1, 0)).toEqual({ origin, served: false, resumed: false });
    expect(receiver.end(1, 0)).toBeUndefined();
    receiver.want(origin, WINDOW, 0);
    receiver.range(first({ want: 2, follows: 'segment' }), 0);
    expect(receiver.end(2, 0)).toEqual({ origin, served: true, resumed: false });
  });
});

describe('the deadline', () => {
  it('is that of the first want, and moves with everything that comes of any', () => {
    const receiver = new RangeReceiver(new ReceivedBytes());
    expect(receiver.deadlineMs).toBeUndefined();
    receiver.want(origin, WINDOW, 100);
    receiver.want(other, WINDOW, 200);
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

  it('has passed when it is reached, not before, and when the clock was set far back', () => {
    const receiver = new RangeReceiver(new ReceivedBytes());
    receiver.want(origin, WINDOW, 2 * TIMEOUT);
    expect(
      [3 * TIMEOUT - 1, 3 * TIMEOUT, TIMEOUT + 1, TIMEOUT].map((now) => receiver.hasStalled(now)),
    ).toEqual([false, true, false, true]);
    receiver.end(1, 0);
    expect(receiver.hasStalled(9 * TIMEOUT)).toBe(false);
  });
});

describe('a segment that takes too long', () => {
  it('is none that is yielded', () => {
    const receiver = asking();
    receiver.want(other, WINDOW, 0);
    receiver.yield(origin);
    expect(receiver.takeSlow(SLOW)).toBe(other);
    receiver.yield(other);
    expect([receiver.slowAtMs, receiver.takeSlow(2 * SLOW)]).toEqual([undefined, undefined]);
  });

  it('is named by its log, once, however many frames come of it', () => {
    const receiver = asking();
    receiver.want(other, WINDOW, 0);
    expect(receiver.slowAtMs).toBe(SLOW);
    receiver.range(first(), SLOW - 1);
    expect(receiver.takeSlow(SLOW - 1)).toBeUndefined();
    expect(receiver.takeSlow(SLOW)).toBe(origin);
    expect(receiver.takeSlow(SLOW)).toBeUndefined();
    expect(receiver.slowAtMs).toBe(2 * SLOW);
  });

  it('is timed from the end of the one before', () => {
    const receiver = asking();
    receiver.range(first({ follows: 'segment' }), 50);
    expect(receiver.slowAtMs).toBe(50 + SLOW);
    receiver.want(other, WINDOW, 70);
    receiver.end(1, 80);
    expect(receiver.slowAtMs).toBe(80 + SLOW);
    expect(receiver.takeSlow(80 + SLOW)).toBe(other);
  });
});
