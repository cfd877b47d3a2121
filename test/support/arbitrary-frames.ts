import fc from 'fast-check';
import type { Origin } from '../../protocol/event/index.ts';
import {
  type Answer,
  encodeFrame,
  type FrontierEntry,
  frozenEntry,
  type LogAlias,
  type LogName,
  type Question,
  SYNC_LIMITS,
  type SyncFault,
  type SyncFrame,
  type ToldEntry,
} from '../../protocol/sync/index.ts';
import { testLog } from './test-log.ts';

/** Two devices, one of them with two logs. */
const ORIGINS = [testLog(1), testLog(2), testLog(1, 'bbbbbbbb')].map(({ origin }) => origin);

const origin = fc.constantFrom(...ORIGINS);
const whole = fc.oneof(fc.nat(100), fc.maxSafeNat(), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53 - 1));
/** A few bytes, whatever they may be. */
export const bytes = fc.uint8Array({ maxLength: 40 });

/** What has the length of a hash. */
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** What has the length of a hash as far as it is shown. */
export const shownHash = fc.uint8Array({ minLength: 16, maxLength: 16 });

/** Entries of frontiers; of the log that is given, or of one of three. */
export const entry = (of: fc.Arbitrary<Origin> = origin): fc.Arbitrary<FrontierEntry> =>
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

/** What all aliases have beside their number. */
export const ALIAS_PARTS = {
  type: fc.constant('alias'),
  by: fc.constantFrom('sender', 'receiver'),
} as const;

const alias: fc.Arbitrary<LogAlias> = fc.record({
  ...ALIAS_PARTS,
  number: fc.oneof(fc.nat(200), fc.constant(2 ** 52 - 2)),
});

/** Names of logs in frames. */
export const logName: fc.Arbitrary<LogName> = fc.oneof(
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

const held = fc.record({ arrivals: whole, missing: fc.array(alias, { maxLength: 5 }) });

/** The `type` of a frame. */
export const typed = <T extends SyncFrame['type']>(type: T) => fc.constant(type);

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

/** Frames of each type. */
export const FRAMES: { readonly [T in SyncFrame['type']]: fc.Arbitrary<Extract<SyncFrame, { type: T }>> } = {
  hello: fc.record(
    {
      type: typed('hello'),
      version: whole,
      spaceTag: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      storeId,
      arrivals: whole,
      frontierDigest: shownHash,
      cursor: fc.record({ storeId, arrivals: whole }),
    },
    { requiredKeys: ['type', 'version', 'spaceTag', 'storeId', 'arrivals', 'frontierDigest'] },
  ),
  compare: fc.record(
    { type: typed('compare'), frontierDigest: shownHash, arrivals: whole },
    { requiredKeys: ['type', 'arrivals'] },
  ),
  frontier: fc.oneof(
    fc.record(
      {
        type: typed('frontier'),
        entries: fc.array(told, { maxLength: 5 }),
        arrivals: whole,
        last: fc.boolean(),
        held,
      },
      { requiredKeys: ['type', 'entries', 'arrivals', 'last'] },
    ),
    fc.record(
      {
        type: typed('frontier'),
        entries: told.filter(({ frozen, events }) => !frozen && events > 5).map((entry) => [entry]),
        arrivals: whole,
        last: fc.constant(false),
        held,
        brought: fc.record({ manifest: bytes, records: fc.array(bytes, { minLength: 1, maxLength: 5 }) }),
      },
      { requiredKeys: ['type', 'entries', 'arrivals', 'last', 'brought'] },
    ),
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

/** Frames of all types. */
export const frame: fc.Arbitrary<SyncFrame> = fc.oneof(...Object.values(FRAMES));

/** Good frames with a few bytes changed, cut off, repeated or put in. */
export const mutated = fc
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
