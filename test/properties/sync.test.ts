import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_LIMITS, type Origin } from '../../protocol/event/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { creditOf } from '../../protocol/sync/frame.ts';
import {
  type Answer,
  decodeFrame,
  encodeFrame,
  type FrontierEntry,
  frontierDigest,
  frozenEntry,
  type LogAlias,
  type LogName,
  type Question,
  SYNC_LIMITS,
  type SyncFault,
  type SyncFrame,
  type ToldEntry,
} from '../../protocol/sync/index.ts';
import { RangeReceiver } from '../../protocol/sync/range-receiver.ts';
import { RangeSender } from '../../protocol/sync/range-sender.ts';
import { Side, SPACE_TAG } from '../support/session-side.ts';
import { type SignedRange, signRange, testLog } from '../support/test-log.ts';

const ORIGINS = [testLog(1), testLog(2), testLog(1, 'bbbbbbbb')].map(({ origin }) => origin);

const origin = fc.constantFrom(...ORIGINS);
const whole = fc.oneof(fc.nat(100), fc.maxSafeNat(), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53 - 1));
const bytes = fc.uint8Array({ maxLength: 40 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const shownHash = fc.uint8Array({ minLength: 16, maxLength: 16 });

const entry = (of: fc.Arbitrary<Origin> = origin): fc.Arbitrary<FrontierEntry> =>
  fc.oneof(
    fc.record({
      origin: of,
      segment: whole,
      events: whole,
      seq: whole,
      sealed: fc.boolean(),
      frozen: fc.constant(false),
      commitment: hash,
    }),
    fc.tuple(of, fc.integer({ min: 1, max: 2 ** 53 - 1 })).map(([log, forkSeq]) => frozenEntry(log, forkSeq)),
  );

const ALIAS_PARTS = {
  type: fc.constant('alias'),
  by: fc.constantFrom('sender', 'receiver'),
} as const;

const alias: fc.Arbitrary<LogAlias> = fc.record({
  ...ALIAS_PARTS,
  number: fc.oneof(fc.nat(200), fc.constant(2 ** 52 - 2)),
});

const logName: fc.Arbitrary<LogName> = fc.oneof(
  alias,
  origin.map((log) => ({ type: 'origin', origin: log }) as const),
);

const told: fc.Arbitrary<ToldEntry> = fc
  .tuple(logName, entry())
  .map(([log, { origin: _, ...position }]) => ({ log, ...position }));

const storeId = fc.string({ minLength: 1, maxLength: 16 });

const path = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 64 });

const fault = fc.constantFrom<SyncFault>(
  'bad_frame',
  'hello_due',
  'out_of_turn',
  'wrong_version',
  'wrong_space',
  'not_member',
  'bad_range',
  'credit_exceeded',
  'past_limit',
);

const typed = <T extends SyncFrame['type']>(type: T) => fc.constant(type);

/** Different numbers in ascending order. */
const ascending = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(whole, { minLength: 1, maxLength }).map((list) => list.sort((a, b) => a - b));

function questions(): { readonly [T in Question['type']]: fc.Arbitrary<Extract<Question, { type: T }>> } {
  const about = { origin, segment: whole };
  return {
    commitments: fc.record({
      type: fc.constant('commitments'),
      origin,
      segments: ascending(SYNC_LIMITS.askSegmentsMax),
    }),
    manifest: fc.record({ type: fc.constant('manifest'), ...about }),
    nodes: fc.record({
      type: fc.constant('nodes'),
      ...about,
      events: whole,
      node: fc.record({ level: whole, index: whole }),
    }),
    records: fc.record({
      type: fc.constant('records'),
      ...about,
      seqs: ascending(SYNC_LIMITS.askRecordsMax),
    }),
  };
}

function answers(): { readonly [T in Answer['type']]: fc.Arbitrary<Extract<Answer, { type: T }>> } {
  return {
    commitments: fc.record({
      type: fc.constant('commitments'),
      commitments: fc.array(fc.record({ segment: whole, commitment: hash }), {
        maxLength: SYNC_LIMITS.askSegmentsMax,
      }),
    }),
    manifest: fc.record({ type: fc.constant('manifest'), manifest: fc.option(bytes, { nil: undefined }) }),
    nodes: fc.record({
      type: fc.constant('nodes'),
      hashes: fc.array(hash, { maxLength: SYNC_LIMITS.answerNodesMax }),
    }),
    records: fc.record({
      type: fc.constant('records'),
      records: fc.array(bytes, { maxLength: SYNC_LIMITS.askRecordsMax }),
    }),
  };
}

const FRAMES: { readonly [T in SyncFrame['type']]: fc.Arbitrary<Extract<SyncFrame, { type: T }>> } = {
  hello: fc.record(
    {
      type: typed('hello'),
      version: whole,
      spaceTag: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      storeId,
      arrivals: whole,
      frontierDigest: hash,
      cursor: fc.record({ storeId, arrivals: whole }),
    },
    { requiredKeys: ['type', 'version', 'spaceTag', 'storeId', 'arrivals', 'frontierDigest'] },
  ),
  compare: fc.record(
    { type: typed('compare'), frontierDigest: hash, arrivals: whole },
    { requiredKeys: ['type', 'arrivals'] },
  ),
  frontier: fc.record(
    {
      type: typed('frontier'),
      entries: fc.array(told, { maxLength: 5 }),
      arrivals: whole,
      last: fc.boolean(),
      held: fc.record({ arrivals: whole, missing: fc.array(alias, { maxLength: 5 }) }),
    },
    { requiredKeys: ['type', 'entries', 'arrivals', 'last'] },
  ),
  look: fc.record({ type: typed('look'), paths: fc.array(path, { maxLength: SYNC_LIMITS.looksMax }) }),
  node: fc.record({
    type: typed('node'),
    path,
    content: fc.oneof(
      fc.record({
        type: fc.constant('children' as const),
        hashes: fc.array(shownHash, { minLength: 16, maxLength: 16 }),
      }),
      fc.record({ type: fc.constant('entries' as const), entries: fc.array(told, { maxLength: 5 }) }),
    ),
  }),
  want: fc.record({
    type: typed('want'),
    want: whole,
    log: logName,
    segment: whole,
    events: whole,
    until: whole,
  }),
  range: fc.record(
    {
      type: typed('range'),
      want: whole,
      manifest: bytes,
      records: fc.array(bytes, { maxLength: 6 }),
      follows: fc.constantFrom('nothing', 'segment', 'records'),
    },
    { requiredKeys: ['type', 'want', 'records', 'follows'] },
  ),
  evidence: fc.record({ type: typed('evidence'), evidence: bytes }),
  'want-end': fc.record({ type: typed('want-end'), want: whole }),
  credit: fc.record({ type: typed('credit'), bytes: whole }),
  fault: fc.record({ type: typed('fault'), code: fault, message: fc.string({ unit: 'grapheme' }) }),
  ask: fc.record({ type: typed('ask'), ask: whole, question: fc.oneof(...Object.values(questions())) }),
  answer: fc.record({ type: typed('answer'), ask: whole, answer: fc.oneof(...Object.values(answers())) }),
};

const frame: fc.Arbitrary<SyncFrame> = fc.oneof(...Object.values(FRAMES));

test.each(Object.keys(FRAMES) as SyncFrame['type'][])('a %s frame is read back as it was written', (type) => {
  fc.assert(
    fc.property(FRAMES[type], (value) => {
      expect(decodeFrame(encodeFrame(value))).toEqual({ ok: true, value });
    }),
  );
});

/** Good frames with a few bytes changed, cut off, repeated or put in. */
const mutated = fc
  .tuple(
    frame.map(encodeFrame),
    fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(3)), { minLength: 1, maxLength: 4 }),
  )
  .map(([good, changes]) => {
    const list = [...good];
    for (const [where, byte, how] of changes) {
      const at = where % (list.length + 1);
      if (how === 0) list[at] = byte;
      else if (how === 1) list.splice(at);
      else if (how === 2) list.splice(at, 0, byte);
      else list.splice(at, 1);
    }
    return Uint8Array.from(list);
  });

test('decodeFrame gives a verdict on any bytes, and what it accepts can be written again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (hostile) => {
      const verdict = decodeFrame(hostile);
      if (!verdict.ok) expect(verdict.fault.code).toBe('bad_frame');
      else expect(decodeFrame(encodeFrame(verdict.value))).toEqual(verdict);
    }),
    { numRuns: 6000 },
  );
});

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
    fc.record({ type: typed('compare'), frontierDigest: hash, arrivals: small }),
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
    frontierDigest: hash,
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
        const wanted = new Set([...session.wanted].map((want) => want.origin));
        for (const log of [...session.remote.ahead()]) {
          if (!session.hasRoom || wanted.has(log)) continue;
          side.note(session.want(log, { segment: 0, events: 0, until: 0 }, i * 100));
        }
        look();
        side.note(session.expireWants(i * 100));
        look();
      }
      expect(closes).toBeLessThanOrEqual(1);
      expect(received).toBeLessThanOrEqual(frames.length);
    }),
    { numRuns: 1500 },
  );
});

test('the digest of a frontier does not depend on the order of its entries', () => {
  const entries = fc.uniqueArray(
    entry(fc.nat(40).map((n) => testLog(1 + (n % 9), `aaaaaa${'abcdefg'[n % 7]}a`).origin)),
    {
      selector: (each) => each.origin,
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(
      entries.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, shuffled]) => {
        expect(frontierDigest(crypto, shuffled)).toEqual(frontierDigest(crypto, list));
      },
    ),
    { numRuns: 50 },
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
      const receiver = new RangeReceiver();
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
        const credit = receiver.takeCredit();
        outstanding -= credit;
        expect(sender.credit(credit)).toBeUndefined();
        expect(ended || steps.length > 0 || release !== undefined || credit > 0).toBe(true);
      }
      expect(brought.map(({ length }) => length)).toEqual(shape.flatMap(bounded));
    }),
    { numRuns: 200 },
  );
});
