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
  type Question,
  SYNC_LIMITS,
  type SyncFault,
  type SyncFrame,
  SyncSession,
} from '../../protocol/sync/index.ts';
import { RangeReceiver } from '../../protocol/sync/range-receiver.ts';
import { RangeSender } from '../../protocol/sync/range-sender.ts';
import { type SignedRange, signRange, testLog } from '../support/test-log.ts';

const ORIGINS = [testLog(1), testLog(2), testLog(1, 'bbbbbbbb')].map(({ origin }) => origin);

const origin = fc.constantFrom(...ORIGINS);
const whole = fc.oneof(fc.nat(100), fc.maxSafeNat(), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53 - 1));
const bytes = fc.uint8Array({ maxLength: 40 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

const entry = (of: fc.Arbitrary<Origin> = origin): fc.Arbitrary<FrontierEntry> =>
  fc.record({
    origin: of,
    segment: whole,
    events: whole,
    seq: whole,
    sealed: fc.boolean(),
    commitment: hash,
  });

const fault = fc.constantFrom<SyncFault>(
  'bad_frame',
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
  hello: fc.record({
    type: typed('hello'),
    version: whole,
    spaceTag: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    frontierDigest: hash,
  }),
  frontier: fc.record({
    type: typed('frontier'),
    entries: fc.array(entry(), { maxLength: 5 }),
    last: fc.boolean(),
  }),
  heads: fc.record({ type: typed('heads'), manifests: fc.array(bytes, { maxLength: SYNC_LIMITS.headsMax }) }),
  want: fc.record({
    type: typed('want'),
    want: whole,
    origin,
    segment: whole,
    events: whole,
    sealed: fc.boolean(),
  }),
  range: fc.record(
    {
      type: typed('range'),
      want: whole,
      manifest: bytes,
      firstSeq: whole,
      records: fc.array(bytes, { maxLength: 6 }),
      segmentEnd: fc.boolean(),
    },
    { requiredKeys: ['type', 'want', 'firstSeq', 'records', 'segmentEnd'] },
  ),
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
  const held = signRange(LOG, undefined, [Uint8Array.of(0, 1)]);
  const own: FrontierEntry = {
    origin: LOG.origin,
    segment: 0,
    events: 1,
    seq: 1,
    sealed: false,
    commitment: new Uint8Array(32),
  };
  const small = fc.nat(12);
  // Numbers that are likely to meet the session's own.
  const likely: fc.Arbitrary<SyncFrame> = fc.oneof(
    fc.record({ type: typed('want-end'), want: small }),
    fc.record({
      type: typed('want'),
      want: small,
      origin,
      segment: fc.nat(1),
      events: fc.nat(2),
      sealed: fc.boolean(),
    }),
    fc.record({
      type: typed('range'),
      want: small,
      manifest: bytes,
      firstSeq: fc.nat(3),
      records: fc.array(bytes, { maxLength: 3 }),
      segmentEnd: fc.boolean(),
    }),
    fc.record({
      type: typed('hello'),
      version: fc.constant(1),
      spaceTag: fc.constant(new Uint8Array(16)),
      frontierDigest: hash,
    }),
  );
  const hostile = fc.oneof(
    { weight: 6, arbitrary: likely.map(encodeFrame) },
    { weight: 3, arbitrary: frame.map(encodeFrame) },
    { weight: 1, arbitrary: mutated },
  );
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 30, size: 'max' }), (frames) => {
      const session = new SyncSession({
        spaceTag: new Uint8Array(16),
        frontierDigest: () => frontierDigest(crypto, [own]),
        entries: () => [own],
        entry: (log) => (log === LOG.origin ? own : undefined),
        held: (log) => (log === LOG.origin ? own : undefined),
      });
      let closes = 0;
      let received = 0;
      const effects = [...session.hello()];
      for (const [i, bytes] of frames.entries()) {
        effects.push(...session.receive(bytes, i * 100));
        for (const log of session.ahead()) {
          if (session.hasRoom && !session.wanted.has(log)) effects.push(...session.want(log, i * 100));
        }
        for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
          if (effect.type === 'close') closes += 1;
          if (effect.type === 'send') expect(closes).toBe(0);
          if (effect.type === 'read') effects.push(...session.rangeRead(held));
          if (effect.type === 'received') {
            received += 1;
            effects.push(...session.release(effect.range.bytes, i * 100));
          }
          if (effect.type === 'send') expect(decodeFrame(effect.frame).ok).toBe(true);
        }
        effects.push(...session.expireWants(i * 100));
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
      const sender = new RangeSender({
        entry: () => ({ ...last, origin: LOG.origin, seq: firstSeq - 1, commitment: new Uint8Array(32) }),
      });
      const receiver = new RangeReceiver();
      const asked = receiver.want(LOG.origin, undefined, 0);
      if (asked.type === 'want') sender.want(asked);

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
          if (outcome.type !== 'whole') continue;
          brought.push(...outcome.range.records);
          due.push(outcome.range.bytes);
        }
        // Credit comes back late, one segment at a time; without it, and with nothing to read, nothing moves.
        const release =
          steps.length === 0 || releases[step % releases.length] === true ? due.shift() : undefined;
        if (release === undefined) {
          expect(ended || steps.length > 0).toBe(true);
          continue;
        }
        outstanding -= release;
        receiver.release(release, 0);
        expect(sender.credit(release)).toBeUndefined();
      }
      expect(brought.map(({ length }) => length)).toEqual(shape.flatMap(bounded));
    }),
    { numRuns: 200 },
  );
});
