import { describe, expect, it } from 'vitest';
import type { Answer, Question } from '../../../protocol/sync/index.ts';
import { SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { Answerer } from '../../../protocol/sync/inquiry-answerer.ts';
import { InquiryDesk } from '../../../protocol/sync/inquiry-desk.ts';
import { fastCrypto as crypto } from '../../support/fast-crypto.ts';
import { HeldHistory } from '../../support/held-history.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';

const LOG = testLog();
const { origin } = LOG;
const TIMEOUT = SYNC_LIMITS.wantTimeoutMs;

const MANIFEST: Question = { type: 'manifest', origin, segment: 0 };
const RECORDS: Question = { type: 'records', origin, segment: 0, seqs: [1] };
const NO_MANIFEST: Answer = { type: 'manifest', manifest: undefined };

const desk = (): InquiryDesk => new InquiryDesk();

describe('asking', () => {
  it('numbers asks and takes the answer to each once', () => {
    const own = desk();
    expect(own.ask(MANIFEST, 0)).toEqual({ type: 'ask', ask: 1, question: MANIFEST });
    expect(own.ask(RECORDS, 0).ask).toBe(2);
    expect(own.answered({ type: 'answer', ask: 1, answer: NO_MANIFEST }, 5)).toEqual({ type: 'answered' });
    expect(own.answered({ type: 'answer', ask: 1, answer: NO_MANIFEST }, 5)).toMatchObject({
      fault: { code: 'bad_frame' },
    });
  });

  it('finds an answer of another type, or to nothing, at fault', () => {
    const own = desk();
    const { ask } = own.ask(MANIFEST, 0);
    const answer: Answer = { type: 'records', records: [] };
    expect(own.answered({ type: 'answer', ask: ask + 1, answer }, 0)).toMatchObject({ type: 'fault' });
    expect(own.answered({ type: 'answer', ask, answer }, 0)).toMatchObject({ type: 'fault' });
  });

  it('has room for so many asks, those that were given up included', () => {
    const own = desk();
    for (let i = 1; i <= SYNC_LIMITS.asksPerPeer; i += 1) {
      expect(own.hasRoom).toBe(true);
      own.ask(MANIFEST, 0);
    }
    expect(own.hasRoom).toBe(false);
    expect(own.expired(TIMEOUT)).toEqual(Array.from({ length: SYNC_LIMITS.asksPerPeer }, (_, i) => i + 1));
    expect(own.hasRoom).toBe(false);
    expect(own.answered({ type: 'answer', ask: 3, answer: NO_MANIFEST }, TIMEOUT)).toEqual({ type: 'stray' });
    expect(own.hasRoom).toBe(true);
  });

  it('gives up when nothing has come for too long, or the clock was set far back', () => {
    const own = desk();
    expect(own.deadlineMs).toBeUndefined();
    own.ask(MANIFEST, 1000);
    own.ask(MANIFEST, 4000);
    expect(own.deadlineMs).toBe(1000 + TIMEOUT);
    own.answered({ type: 'answer', ask: 1, answer: NO_MANIFEST }, 5000);
    expect(own.deadlineMs).toBe(5000 + TIMEOUT);
    expect(own.expired(4999 + TIMEOUT)).toEqual([]);
    expect(own.expired(5000 + TIMEOUT)).toEqual([2]);
    own.ask(MANIFEST, 90_000);
    expect(own.expired(90_000 - TIMEOUT)).toEqual([3]);
    expect(own.deadlineMs).toBeUndefined();
  });
});

describe('answering', () => {
  const answerOf = (bytes: number): Answer => ({ type: 'records', records: [new Uint8Array(bytes)] });

  it('reads and answers one question after the other, in order', () => {
    const own = desk();
    expect(own.take()).toBe(false);
    own.asked({ type: 'ask', ask: 7, question: MANIFEST });
    own.asked({ type: 'ask', ask: 8, question: RECORDS });
    expect(own.reading).toBeUndefined();
    expect([own.take(), own.take()]).toEqual([true, false]);
    expect([own.reading, own.next(0)]).toEqual([MANIFEST, undefined]);
    own.read(NO_MANIFEST);
    expect([own.take(), own.reading]).toEqual([false, undefined]);
    expect(own.next(0)).toEqual({ type: 'answer', ask: 7, answer: NO_MANIFEST });
    expect([own.take(), own.reading]).toEqual([true, RECORDS]);
    own.read(answerOf(0));
    expect(own.next(0)).toMatchObject({ ask: 8 });
    expect([own.take(), own.next(0)]).toEqual([false, undefined]);
  });

  it('waits while the records of an answer exceed the credit', () => {
    const own = desk();
    own.asked({ type: 'ask', ask: 1, question: RECORDS });
    own.take();
    own.read(answerOf(100));
    expect(own.next(99)).toBeUndefined();
    expect(own.next(100)).toMatchObject({ ask: 1, answer: { type: 'records' } });
  });

  it('takes no answer that it has not asked for', () => {
    const own = desk();
    own.asked({ type: 'ask', ask: 1, question: MANIFEST });
    expect(() => own.read(NO_MANIFEST)).toThrow(RangeError);
  });

  it('keeps so many asks and no more', () => {
    const own = desk();
    for (let ask = 1; ask <= SYNC_LIMITS.asksPerPeer; ask += 1) {
      expect(own.asked({ type: 'ask', ask, question: MANIFEST })).toBeUndefined();
    }
    expect(own.asked({ type: 'ask', ask: 9, question: MANIFEST })).toMatchObject({ code: 'past_limit' });
  });
});

describe('an answerer', () => {
  const held = HeldHistory.sign(LOG, [
    { records: numberedRecords(1, 20), sealed: true },
    { records: numberedRecords(21, 5), sealed: false },
  ]);
  const answerer = new Answerer(crypto, held);
  const nodes = (over: object): Question => ({
    type: 'nodes',
    origin,
    segment: 0,
    events: 20,
    node: { level: 5, index: 0 },
    ...over,
  });

  it('commits to sealed segments only', () => {
    const answer = answerer.answer({ type: 'commitments', origin, segments: [0, 1, 2] });
    expect(answer).toMatchObject({ type: 'commitments', commitments: [{ segment: 0 }] });
  });

  it('shows the tree of a beginning of a segment', () => {
    expect(answerer.answer(nodes({}))).toMatchObject({ hashes: { length: 10 } });
    expect(answerer.answer(nodes({ events: 7, node: { level: 3, index: 0 } }))).toMatchObject({
      hashes: { length: 7 },
    });
  });

  it.each([
    ['more records than there are', { events: 21 }],
    ['no records', { events: 0, node: { level: 0, index: 0 } }],
    ['a level above the root', { node: { level: 6, index: 0 } }],
    ['a level that no tree has', { node: { level: 2 ** 53 - 1, index: 0 } }],
    ['a node beside the root', { node: { level: 5, index: 1 } }],
    ['a leaf, which has nothing below', { node: { level: 0, index: 3 } }],
    ['a segment that is not held', { segment: 2 }],
  ])('has no hashes for %s', (_, over) => {
    expect(answerer.answer(nodes(over))).toEqual({ type: 'nodes', hashes: [] });
  });

  it('has no hashes of a segment of which a record is lost', () => {
    const broken = HeldHistory.sign(LOG, [{ records: numberedRecords(1, 20), sealed: true }]);
    broken.records[13] = undefined;
    expect(new Answerer(crypto, broken).answer(nodes({}))).toEqual({ type: 'nodes', hashes: [] });
  });

  it.each([
    ['the segment', nodes({}), 10],
    ['its beginning', nodes({ events: 15, node: { level: 4, index: 0 } }), 15],
  ])('has no hashes of %s where its records are not what was signed', (_, question, length) => {
    const broken = HeldHistory.sign(LOG, [{ records: numberedRecords(1, 20), sealed: true }]);
    broken.spoil(13);
    const own = new Answerer(crypto, broken);
    expect(own.answer(question)).toEqual({ type: 'nodes', hashes: [] });
    broken.spoil(13);
    expect(own.answer(question)).toMatchObject({ hashes: { length } });
  });

  it('sends the first of the records that are asked for, up to one that it lacks', () => {
    const ask = (segment: number, seqs: readonly number[]) =>
      answerer.answer({ type: 'records', origin, segment, seqs });
    const [second, fourth] = [held.records[1], held.records[3]];
    expect(ask(0, [2, 4])).toEqual({ type: 'records', records: [second, fourth] });
    expect(ask(0, [2, 21, 4])).toEqual({ type: 'records', records: [second] });
    expect(ask(1, [4])).toEqual({ type: 'records', records: [] });
    expect(ask(2, [4])).toEqual({ type: 'records', records: [] });
  });

  it('sends as many records as a frame takes, or one that is larger', () => {
    const half = SYNC_LIMITS.answerBytes / 2;
    const records = [half, half, 1, 2 * half + 1].map((bytes) => new Uint8Array(bytes));
    const large = new Answerer(crypto, HeldHistory.sign(LOG, [{ records, sealed: true }]));
    const count = (seqs: readonly number[]) => {
      const answer = large.answer({ type: 'records', origin, segment: 0, seqs });
      return answer.type === 'records' ? answer.records.length : -1;
    };
    expect(count([1, 2, 3])).toBe(2);
    expect(count([3, 4])).toBe(1);
    expect(count([4])).toBe(1);
  });
});
