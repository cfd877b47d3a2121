import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_LIMITS } from '../../protocol/event/index.ts';
import { creditOf } from '../../protocol/sync/frame.ts';
import { encodeFrame, SYNC_LIMITS, type SyncFrame, type ToldEntry } from '../../protocol/sync/index.ts';
import { RangeReceiver } from '../../protocol/sync/range-receiver.ts';
import { RangeSender } from '../../protocol/sync/range-sender.ts';
import { ReceivedBytes } from '../../protocol/sync/received-bytes.ts';
import {
  ALIAS_PARTS,
  bytes,
  entry,
  frame,
  logName,
  mutated,
  shownHash,
  typed,
} from '../support/arbitrary-frames.ts';
import { Side, SPACE_TAG } from '../support/session-side.ts';
import { type SignedRange, signRange, testLog } from '../support/test-log.ts';

test('a session takes any sequence of frames without throwing, and closes at most once', () => {
  const LOG = testLog(1);
  const small = fc.nat(12);
  const likelyEntry: fc.Arbitrary<ToldEntry> = fc
    .tuple(fc.oneof(fc.record({ ...ALIAS_PARTS, number: fc.nat(3) }), logName), entry(), fc.nat(3))
    .map(([log, { origin: _, ...position }, events]) => ({
      log,
      ...position,
      segment: 0,
      events,
      seq: events,
    }));
  // Numbers that are likely to meet the session's own.
  const likely: fc.Arbitrary<SyncFrame> = fc.oneof(
    fc.record({ type: typed('want-end'), want: small }),
    fc.record({
      type: typed('want'),
      want: small,
      log: logName,
      segment: fc.nat(1),
      events: fc.nat(2),
      until: fc.nat(3),
    }),
    fc.record({
      type: typed('range'),
      want: small,
      manifest: bytes,
      records: fc.array(bytes, { maxLength: 3 }),
      follows: fc.constantFrom('nothing', 'segment', 'records'),
    }),
    fc.record({
      type: typed('frontier'),
      entries: fc.array(likelyEntry, { maxLength: 3 }),
      arrivals: small,
      last: fc.boolean(),
    }),
    fc.record({ type: typed('compare'), frontierDigest: shownHash, arrivals: small }),
    fc.record({
      type: typed('node'),
      path: fc.constantFrom('', '0', 'f'),
      content: fc.record({ type: fc.constant('entries'), entries: fc.array(likelyEntry, { maxLength: 3 }) }),
    }),
  );
  const greeting = fc.record({
    type: typed('hello'),
    version: fc.constant(1),
    spaceTag: fc.constant(SPACE_TAG),
    storeId: fc.constant('other'),
    arrivals: small,
    frontierDigest: shownHash,
  });
  const hostile = fc.oneof(
    { weight: 12, arbitrary: likely.map(encodeFrame) },
    { weight: 3, arbitrary: frame.map(encodeFrame) },
    { weight: 1, arbitrary: mutated },
  );
  fc.assert(
    fc.property(greeting, fc.array(hostile, { maxLength: 30, size: 'max' }), (hello, frames) => {
      const side = new Side('own').hold(LOG, 1).open();
      const { session } = side;
      let closes = 0;
      let received = 0;
      const look = (): void => {
        for (const effect of side.effects.splice(0)) {
          if (effect.type === 'close') closes += 1;
          else if (effect.type === 'send' && closes > 0) throw new Error('sent after the end');
          if (effect.type === 'received') {
            received += 1;
            side.note(session.release(effect.range.bytes, 0));
          }
        }
      };
      for (const [i, bytes] of [encodeFrame(hello), ...frames].entries()) {
        side.note(session.receive(bytes, i * 100));
        const wanted = new Set([...session.wants.open()].map((want) => want.origin));
        for (const log of [...session.remote.ahead()]) {
          if (!session.hasRoom || wanted.has(log)) continue;
          side.note(session.want(log, { segment: 0, events: 0, until: 0 }, i * 100));
        }
        look();
        side.note(session.tick(i * 100, () => false));
        look();
      }
      expect(closes).toBeLessThanOrEqual(1);
      expect(received).toBeLessThanOrEqual(frames.length);
    }),
    { numRuns: 1500 },
  );
});

const big = EVENT_LIMITS.recordBytesMax;

/** Segments of records of these sizes: likely sizes are the smallest, the largest, and around what fills a frame. */
const segments = fc.array(
  fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: big }),
      fc.constantFrom(1, big - 1, big, SYNC_LIMITS.rangeFrameBytes, SYNC_LIMITS.rangeFrameBytes + 1),
    ),
    { minLength: 1, maxLength: 8 },
  ),
  { minLength: 1, maxLength: 5 },
);

/** Cuts sizes so that each segment keeps within the largest one. */
const bounded = (sizes: readonly number[]): readonly number[] => {
  let left: number = SYNC_LIMITS.creditBytes;
  return sizes.filter((size) => {
    if (size > left) return false;
    left -= size;
    return true;
  });
};

test('a sender and a receiver bring every log over, never with more under way than there is credit for (Y2)', () => {
  const LOG = testLog(1);
  const buffers = new Map<number, Uint8Array>();
  const record = (size: number): Uint8Array => {
    const made = buffers.get(size) ?? new Uint8Array(size);
    buffers.set(size, made);
    return made;
  };
  const { manifest } = signRange(LOG, undefined, [Uint8Array.of(1)]);
  fc.assert(
    fc.property(segments, fc.array(fc.boolean(), { minLength: 1 }), (shape, releases) => {
      // What is signed is of no matter here, and takes long for so many bytes.
      let firstSeq = 1;
      const log = shape.map(bounded).map((sizes, segment): Omit<SignedRange, 'tail'> => {
        const range = {
          manifest: {
            ...manifest,
            segment,
            firstSeq,
            events: sizes.length,
            sealed: segment < shape.length - 1,
          },
          firstSeq,
          records: sizes.map(record),
        };
        firstSeq += sizes.length;
        return range;
      });
      const last = log.at(-1)?.manifest ?? manifest;
      const sender = new RangeSender(() => last);
      const bytes = new ReceivedBytes();
      const receiver = new RangeReceiver(bytes);
      const window = { segment: 0, events: 0, until: last.segment };
      sender.want(receiver.want(LOG.origin, window, 0), LOG.origin, window);

      let outstanding = 0;
      let ended = false;
      const brought: Uint8Array[] = [];
      const due: number[] = [];
      for (let step = 0; !ended; step += 1) {
        const steps = [...sender.take()];
        for (const each of steps) {
          if (each.type === 'read') {
            sender.loaded(log[sender.reading?.segment ?? -1]);
            continue;
          }
          const sent = each.frame;
          if (sent.type !== 'range') {
            ended = true;
            continue;
          }
          outstanding += creditOf(sent.records);
          expect(outstanding).toBeLessThanOrEqual(SYNC_LIMITS.creditBytes);
          const outcome = receiver.range(sent, 0);
          expect(['partial', 'whole']).toContain(outcome.type);
          ended = sent.follows === 'nothing';
          if (outcome.type !== 'whole') continue;
          brought.push(...outcome.range.records);
          due.push(outcome.range.bytes);
        }
        // Segments are dealt with late, one at a time; when nothing is left to be dealt with, something must move.
        const release =
          steps.length === 0 || releases[step % releases.length] === true ? due.shift() : undefined;
        if (release !== undefined) receiver.release(release, 0);
        const credit = bytes.takeCredit();
        outstanding -= credit;
        expect(sender.credit(credit)).toBeUndefined();
        expect(ended || steps.length > 0 || release !== undefined || credit > 0).toBe(true);
      }
      expect(brought.map(({ length }) => length)).toEqual(shape.flatMap(bounded));
    }),
    { numRuns: 200 },
  );
});
