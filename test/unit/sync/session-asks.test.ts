import { describe, expect, it } from 'vitest';
import { encodeManifest } from '../../../protocol/manifest/index.ts';
import { type Answer, type Question, SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { hello, Side } from '../../support/session-side.ts';
import { signRange, testLog } from '../../support/test-log.ts';

const LOG = testLog();
const { origin } = LOG;
const MANIFEST: Question = { type: 'manifest', origin, segment: 0 };
const NO_MANIFEST: Answer = { type: 'manifest', manifest: undefined };
const RECORDS: Question = { type: 'records', origin, segment: 0, seqs: [1] };

const recordsOf = (...sizes: readonly number[]): Answer => ({
  type: 'records',
  records: sizes.map((size) => new Uint8Array(size)),
});

/** A side that has been greeted. */
const greeted = (side = new Side()): Side => {
  side.open().receive(hello());
  side.take();
  return side;
};

const ask = (side: Side, question: Question, nowMs = 0): number => {
  const asked = side.session.ask(question, nowMs);
  side.note(asked.effects);
  return asked.ask;
};

const typesOf = (frames: readonly SyncFrame[]): readonly string[] => frames.map(({ type }) => type);

const readsOf = (side: Side): number => side.effects.filter(({ type }) => type === 'read-answer').length;

describe('asking in a session', () => {
  it('begins with the greeting, and ends with the room for questions or the session', () => {
    const side = new Side().open();
    expect(side.session.takesAsk).toBe(false);
    side.receive(hello());
    for (let i = 0; i < SYNC_LIMITS.asksPerPeer; i += 1) {
      expect(side.session.takesAsk).toBe(true);
      ask(side, MANIFEST);
    }
    expect(side.session.takesAsk).toBe(false);
    const other = greeted();
    other.receive({ type: 'fault', code: 'bad_frame', message: '' });
    expect(other.session.takesAsk).toBe(false);
  });

  it('sends the question and hands on the answer with its number', () => {
    const side = greeted();
    const number = ask(side, MANIFEST);
    expect(side.take()).toEqual([{ type: 'ask', ask: number, question: MANIFEST }]);
    const effects = side.receive({ type: 'answer', ask: number, answer: NO_MANIFEST });
    expect(effects).toEqual([{ type: 'answered', ask: number, answer: NO_MANIFEST }]);
  });

  it('gives up what brings nothing, and then takes no answer to it', () => {
    const side = greeted();
    const number = ask(side, MANIFEST, 1000);
    expect(side.session.deadlineMs).toBe(1000 + SYNC_LIMITS.wantTimeoutMs);
    expect(side.session.expireAsks(999 + SYNC_LIMITS.wantTimeoutMs)).toEqual([]);
    expect(side.session.expireAsks(1000 + SYNC_LIMITS.wantTimeoutMs)).toEqual([number]);
    expect(side.session.deadlineMs).toBeUndefined();
    expect(side.receive({ type: 'answer', ask: number, answer: NO_MANIFEST })).toEqual([]);
    expect(side.faults).toEqual([]);
  });

  it('gives back the credit for records in answers, also in those that come too late', () => {
    const side = greeted();
    const size = SYNC_LIMITS.creditBytes / 8;
    const numbers = Array.from({ length: 5 }, () => ask(side, RECORDS));
    side.session.expireAsks(SYNC_LIMITS.wantTimeoutMs);
    side.take();
    for (const [i, number] of numbers.entries()) {
      side.receive({ type: 'answer', ask: number, answer: recordsOf(size) });
      expect(side.take()).toEqual(i < 4 ? [] : [{ type: 'credit', bytes: 5 * size }]);
    }
  });

  it('ends the session when there was no credit for the records of an answer', () => {
    const side = greeted();
    const quarter = SYNC_LIMITS.creditBytes / 4;
    const records = [1, 2, 3].map((byte) => new Uint8Array(quarter).fill(byte));
    const manifest = encodeManifest(signRange(LOG, undefined, records).manifest);
    side.note(side.session.want(origin, { segment: 0, events: 0, until: 0 }, 0));
    // Three quarters of the credit are held until the range is dealt with.
    for (const [i, record] of records.entries()) {
      side.receive({
        type: 'range',
        want: 1,
        ...(i === 0 && { manifest }),
        records: [record],
        follows: i < 2 ? 'records' : 'nothing',
      });
    }
    side.receive({ type: 'answer', ask: ask(side, RECORDS), answer: recordsOf(quarter) });
    expect(side.faults).toEqual([]);
    side.receive({ type: 'answer', ask: ask(side, RECORDS), answer: recordsOf(quarter, 1) });
    expect(side.faults).toEqual(['credit_exceeded']);
  });
});

describe('answering in a session', () => {
  it('has one question read at a time, in order', () => {
    const side = greeted();
    side.receive({ type: 'ask', ask: 1, question: MANIFEST });
    side.receive({ type: 'ask', ask: 2, question: RECORDS });
    expect([readsOf(side), side.session.asked]).toEqual([1, MANIFEST]);
    side.note(side.session.answerRead(NO_MANIFEST));
    expect(side.take()).toEqual([{ type: 'answer', ask: 1, answer: NO_MANIFEST }]);
    expect([readsOf(side), side.session.asked]).toEqual([2, RECORDS]);
    side.note(side.session.answerRead(recordsOf(3)));
    expect(typesOf(side.take())).toEqual(['answer']);
    expect([readsOf(side), side.session.asked]).toEqual([2, undefined]);
  });

  it('waits for credit, and then comes before the ranges that wait as well', () => {
    const size = SYNC_LIMITS.creditBytes / 16;
    const side = new Side();
    const range = signRange(
      LOG,
      undefined,
      Array.from({ length: 16 }, () => new Uint8Array(size)),
    );
    side.logs.set(origin, range);
    side.holdEntry({
      origin,
      segment: 0,
      events: 16,
      seq: 16,
      sealed: false,
      frozen: false,
      commitment: new Uint8Array(32),
    });
    greeted(side);
    for (const want of [1, 2]) {
      side.receive({
        type: 'want',
        want,
        log: { type: 'origin', origin },
        segment: 0,
        events: 0,
        until: 0,
      });
    }
    expect(new Set(typesOf(side.take()))).toEqual(new Set(['range']));
    side.receive({ type: 'ask', ask: 1, question: RECORDS });
    side.note(side.session.answerRead(recordsOf(size)));
    expect(side.take()).toEqual([]);
    side.receive({ type: 'credit', bytes: size });
    expect(typesOf(side.take())).toEqual(['answer']);
    side.receive({ type: 'credit', bytes: size });
    expect(typesOf(side.take())).toEqual(['range']);
  });
});

describe('a dispute that is settled', () => {
  it('lets the remote be asked for the log again', () => {
    const side = greeted();
    side.note(side.session.dispute(origin, { code: 'history_differs', message: '' }));
    expect([...side.session.remote.disputed.keys()]).toEqual([origin]);
    expect(side.note(side.session.settle(origin))).toContainEqual({ type: 'learnt' });
    expect(side.session.remote.disputed.size).toBe(0);
  });
});
