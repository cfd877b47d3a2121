import { describe, expect, it } from 'vitest';
import { base32 } from '../../../protocol/bytes/index.ts';
import { makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import { encodeManifest } from '../../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import {
  decodeFrame,
  encodeFrame,
  type FrontierEntry,
  frontierDigest,
  frontierEntry,
  isAhead,
  type SessionEffect,
  SYNC_LIMITS,
  SYNC_VERSION,
  type SyncFrame,
  SyncSession,
} from '../../../protocol/sync/index.ts';
import { numberedRecords, signRange, type TestLog, testLog } from '../../support/test-log.ts';

const SPACE_TAG = new Uint8Array(16).fill(9);
const TIMEOUT = SYNC_LIMITS.wantTimeoutMs;

/** One side of a session over a set of logs, each held whole as one head. */
class Side {
  readonly session: SyncSession;
  readonly sent: SyncFrame[] = [];
  readonly effects: SessionEffect[] = [];
  readonly logs = new Map<Origin, ReturnType<typeof signRange>>();

  constructor(spaceTag = SPACE_TAG) {
    this.session = new SyncSession({
      spaceTag,
      frontierDigest: () => frontierDigest(crypto, this.entries()),
      entries: () => this.entries(),
      entry: (origin) => this.entry(origin),
      held: (origin) => this.entry(origin),
    });
  }

  hold(log: TestLog, records: number, first = 1): this {
    this.logs.set(log.origin, signRange(log, undefined, numberedRecords(first, records)));
    return this;
  }

  entry(origin: Origin): FrontierEntry | undefined {
    const range = this.logs.get(origin);
    return range && frontierEntry(crypto, range.manifest);
  }

  entries(): readonly FrontierEntry[] {
    return [...this.logs.values()].map(({ manifest }) => frontierEntry(crypto, manifest));
  }

  /** Notes what the session does; frames that it sends wait to be delivered. */
  note(effects: readonly SessionEffect[]): readonly SessionEffect[] {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type === 'send') this.sent.push(decoded(effect.frame));
      if (effect.type === 'read') {
        const range = this.logs.get(this.session.reading?.origin as Origin);
        this.note(this.session.rangeRead(range));
      }
    }
    return effects;
  }

  receive(frame: SyncFrame, nowMs = 0): readonly SessionEffect[] {
    return this.note(this.session.receive(encodeFrame(frame), nowMs));
  }

  take(): readonly SyncFrame[] {
    return this.sent.splice(0);
  }

  get faults(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.type === 'close' ? [effect.fault.code] : []));
  }
}

const decoded = (bytes: Uint8Array): SyncFrame => {
  const frame = decodeFrame(bytes);
  if (!frame.ok) throw new Error(frame.fault.message);
  return frame.value;
};

/** One of many logs of one device. */
const numberedOrigin = (number: number): Origin =>
  makeOrigin(LOG.signer.device, base32.encode(Uint8Array.of(0, 0, number >> 16, number >> 8, number)));

/** Delivers frames both ways until none is left; returns the types of all, in order. */
const exchange = (a: Side, b: Side): readonly string[] => {
  const types: string[] = [];
  for (let rounds = 0; a.sent.length + b.sent.length > 0; rounds += 1) {
    if (rounds > 100) throw new Error('the sides do not come to rest');
    const [fromA, fromB] = [a.take(), b.take()];
    for (const frame of fromA) types.push(`a ${frame.type}`);
    for (const frame of fromB) types.push(`b ${frame.type}`);
    for (const frame of fromA) b.receive(frame);
    for (const frame of fromB) a.receive(frame);
  }
  return types;
};

const hello = (over: Partial<Extract<SyncFrame, { type: 'hello' }>> = {}): SyncFrame => ({
  type: 'hello',
  version: SYNC_VERSION,
  spaceTag: SPACE_TAG,
  frontierDigest: new Uint8Array(32),
  ...over,
});

const [LOG, OTHER] = [testLog(1), testLog(2)];

describe('greeting', () => {
  it('with equal frontiers is one hello each way and nothing else', () => {
    const [a, b] = [new Side().hold(LOG, 3).hold(OTHER, 1), new Side().hold(OTHER, 1).hold(LOG, 3)];
    a.note(a.session.hello());
    b.note(b.session.hello());
    expect(exchange(a, b)).toEqual(['a hello', 'b hello']);
    for (const side of [a, b]) {
      expect(side.session.remoteKnown).toBe(true);
      expect(side.session.remoteEntry(LOG.origin)).toEqual(side.entry(LOG.origin));
      expect([...side.session.ahead()]).toEqual([]);
    }
  });

  it('with equal frontiers takes less than 200 bytes each way', () => {
    const side = new Side().hold(LOG, 3);
    const [effect] = side.session.hello();
    expect(effect?.type === 'send' && effect.frame.length).toBeLessThan(200);
  });

  it.each([
    ['both at once', [true, true]],
    ['one alone', [true, false]],
  ])('with different frontiers tells each the other one (%s)', (_, [first, second]) => {
    const [a, b] = [new Side().hold(LOG, 3).hold(OTHER, 1), new Side().hold(LOG, 2)];
    if (first) a.note(a.session.hello());
    if (second) b.note(b.session.hello());
    expect(exchange(a, b).toSorted()).toEqual(['a frontier', 'a hello', 'b frontier', 'b hello']);
    expect(a.session.remoteEntry(LOG.origin)).toEqual(b.entry(LOG.origin));
    expect(b.session.remoteEntry(LOG.origin)).toEqual(a.entry(LOG.origin));
    expect([...a.session.ahead()]).toEqual([]);
    expect(new Set(b.session.ahead())).toEqual(new Set([LOG.origin, OTHER.origin]));
    expect([a.session.remoteKnown, b.session.remoteKnown]).toEqual([true, true]);
  });

  it('of one who holds nothing yields what the other holds', () => {
    const [a, b] = [new Side(), new Side().hold(LOG, 2)];
    a.note(a.session.hello());
    exchange(a, b);
    expect([...a.session.ahead()]).toEqual([LOG.origin]);
  });

  it('tells a frontier that changes on the way', () => {
    const [a, b] = [new Side().hold(LOG, 2), new Side().hold(LOG, 2)];
    a.note(a.session.hello());
    a.hold(LOG, 3);
    exchange(a, b);
    expect([...b.session.ahead()]).toEqual([LOG.origin]);
    expect(a.session.remoteEntry(LOG.origin)).toEqual(b.entry(LOG.origin));
  });

  it('splits a frontier of many logs over several frames', () => {
    const [a, b] = [new Side(), new Side()];
    const [sample] = new Side().hold(LOG, 1).entries();
    const count = SYNC_LIMITS.frontierEntriesMax + 1;
    a.entries = () =>
      Array.from({ length: count }, (_, i) => ({
        ...(sample as FrontierEntry),
        origin: numberedOrigin(i),
      }));
    a.note(a.session.hello());
    expect(exchange(a, b).filter((type) => type === 'a frontier')).toHaveLength(2);
    expect([...b.session.ahead()]).toHaveLength(count);
  });
});

describe('another round of anti-entropy', () => {
  const met = (): readonly [Side, Side] => {
    const [a, b] = [new Side().hold(LOG, 2), new Side().hold(LOG, 2)];
    a.note(a.session.hello());
    b.note(b.session.hello());
    exchange(a, b);
    return [a, b];
  };

  it('is one hello each way when nothing has changed', () => {
    const [a, b] = met();
    a.note(a.session.hello());
    expect(exchange(a, b)).toEqual(['a hello', 'b hello']);
  });

  it('finds what no push told', () => {
    const [a, b] = met();
    b.hold(LOG, 5);
    a.note(a.session.hello());
    exchange(a, b);
    expect([...a.session.ahead()]).toEqual([LOG.origin]);
  });

  it.each([
    ['two of one side', 'aa'],
    ['two and one', 'aab'],
    ['two of each', 'abab'],
    ['three and two', 'aabba'],
  ])('ends even if %s cross', (_, who) => {
    const [a, b] = met();
    for (const name of who) {
      const side = name === 'a' ? a : b;
      side.note(side.session.hello());
    }
    expect(exchange(a, b).length).toBeLessThanOrEqual(2 * who.length);
    a.note(a.session.hello());
    expect(exchange(a, b)).toEqual(['a hello', 'b hello']);
  });
});

describe('a session ends', () => {
  it.each([
    ['of another version', hello({ version: SYNC_VERSION + 1 }), 'wrong_version'],
    ['of another space', hello({ spaceTag: new Uint8Array(16) }), 'wrong_space'],
  ])('with a remote %s', (_, frame, code) => {
    const side = new Side().hold(LOG, 1);
    side.receive(frame);
    expect(side.faults).toEqual([code]);
    expect(side.take()).toMatchObject([{ type: 'fault', code }]);
  });

  it('with a frame that cannot be read', () => {
    const side = new Side();
    side.note(side.session.receive(Uint8Array.of(1, 2, 3), 0));
    expect(side.faults).toEqual(['bad_frame']);
    expect(side.take()).toMatchObject([{ type: 'fault', code: 'bad_frame' }]);
  });

  it('when the remote says so, without an answer', () => {
    const side = new Side();
    side.receive({ type: 'fault', code: 'not_member', message: 'x'.repeat(5000) });
    expect(side.faults).toEqual(['not_member']);
    expect(side.take()).toEqual([]);
    const [close] = side.effects;
    expect(close?.type === 'close' && close.fault.message.length).toBeLessThan(300);
  });

  it('with credit that was never used', () => {
    const side = new Side();
    side.receive({ type: 'credit', bytes: 1 });
    expect(side.faults).toEqual(['credit_exceeded']);
  });

  it('with too many wants at once', () => {
    const side = new Side().hold(LOG, 1);
    // The answer to the read never comes, so that everything after it waits.
    for (let want = 0; want <= SYNC_LIMITS.wantsPerPeer; want += 1) {
      side.session.receive(
        encodeFrame({ type: 'want', want, origin: LOG.origin, segment: 0, events: 0, sealed: false }),
        0,
      );
    }
    expect(side.faults).toEqual([]);
    side.receive({ type: 'want', want: 99, origin: LOG.origin, segment: 0, events: 0, sealed: false });
    expect(side.faults).toEqual(['past_limit']);
  });

  it('once, and does nothing more', () => {
    const side = new Side().hold(LOG, 1);
    side.receive(hello({ version: 9 }));
    side.take();
    side.effects.splice(0);
    for (const frame of [hello(), hello({ version: 9 }), { type: 'credit', bytes: 1 }] as const)
      side.receive(frame);
    side.note(side.session.hello());
    side.note(side.session.release(5, 0));
    expect(side.effects).toEqual([]);
    expect(side.session.hasRoom).toBe(false);
  });

  it('with a frontier of too many logs, said once', () => {
    const side = new Side();
    const [sample] = new Side().hold(LOG, 1).entries() as readonly [FrontierEntry];
    const entries = Array.from({ length: SYNC_LIMITS.frontierLogsMax + 5 }, (_, i) => ({
      ...sample,
      origin: numberedOrigin(i),
    }));
    side.session.learn(entries.slice(0, SYNC_LIMITS.frontierLogsMax));
    expect(side.faults).toEqual([]);
    side.note(side.session.learn(entries));
    expect(side.faults).toEqual(['past_limit']);
  });
});

describe('a want', () => {
  const meeting = (): readonly [Side, Side] => {
    const [a, b] = [new Side().hold(LOG, 5), new Side()];
    b.note(b.session.hello());
    exchange(a, b);
    return [a, b];
  };

  it('brings the range, and the credit goes back when it has been dealt with', () => {
    const [a, b] = meeting();
    b.note(b.session.want(LOG.origin, 0));
    expect([...b.session.wanted]).toEqual([LOG.origin]);
    expect(exchange(a, b)).toEqual(['b want', 'a range', 'a want-end']);
    const received = b.effects.find((effect) => effect.type === 'received');
    if (received?.type !== 'received') throw new Error('nothing was received');
    const { range } = received;
    const held = a.logs.get(LOG.origin);
    expect(range).toMatchObject({ origin: LOG.origin, firstSeq: 1, records: held?.records });
    expect(range.manifest).toEqual(held && encodeManifest(held.manifest));
    b.note(b.session.release(range.bytes, 0));
    expect(b.sent).toEqual([{ type: 'credit', bytes: range.bytes }]);
    exchange(a, b);
    expect(a.faults).toEqual([]);
  });

  it('that brings nothing of what was announced is not repeated in this round', () => {
    const [a, b] = meeting();
    a.logs.clear();
    b.note(b.session.want(LOG.origin, 0));
    exchange(a, b);
    expect(b.session.disputed.get(LOG.origin)).toMatchObject({ code: 'withheld' });
    expect([...b.session.ahead()]).toEqual([]);
    b.session.hello();
    expect([...b.session.ahead()]).toEqual([LOG.origin]);
  });

  it('that stalls is given up at its deadline, with the credit for what came of it', () => {
    const [, b] = meeting();
    b.note(b.session.want(LOG.origin, 0));
    b.take();
    const record = new Uint8Array(70);
    b.receive(
      { type: 'range', want: 1, manifest: record, firstSeq: 1, records: [record], segmentEnd: false },
      7,
    );
    expect(b.session.wantDeadlineMs).toBe(7 + TIMEOUT);
    expect(b.session.expireWants(6 + TIMEOUT)).toEqual([]);
    b.note(b.session.expireWants(7 + TIMEOUT));
    expect(b.take()).toEqual([{ type: 'credit', bytes: 70 }]);
    expect(b.session.disputed.get(LOG.origin)).toMatchObject({ code: 'stalled' });
    expect(b.session.wantDeadlineMs).toBeUndefined();
    // What comes late is dropped, and paid for.
    b.receive({ type: 'range', want: 1, firstSeq: 2, records: [record], segmentEnd: true }, 8 + TIMEOUT);
    expect(b.take()).toEqual([{ type: 'credit', bytes: 70 }]);
    expect(b.effects.some(({ type }) => type === 'received')).toBe(false);
  });
});

describe('a dispute', () => {
  it('is over history that differs at the same length, and is kept through later rounds', () => {
    const [a, b] = [new Side().hold(LOG, 3), new Side().hold(LOG, 3, 100)];
    a.note(a.session.hello());
    exchange(a, b);
    for (const side of [a, b]) {
      expect(side.session.disputed.get(LOG.origin)).toMatchObject({ code: 'history_differs' });
      expect([...side.session.ahead()]).toEqual([]);
    }
    a.note(a.session.hello());
    exchange(a, b);
    expect([...a.session.disputed.keys()]).toEqual([LOG.origin]);
  });

  it('stops the log and no other, and gives back the credit for what came of it', () => {
    const [a, b] = [new Side().hold(LOG, 3).hold(OTHER, 3), new Side()];
    b.note(b.session.hello());
    exchange(a, b);
    b.note(b.session.want(LOG.origin, 0));
    b.take();
    b.receive({
      type: 'range',
      want: 1,
      manifest: new Uint8Array(1),
      firstSeq: 1,
      records: [new Uint8Array(9)],
      segmentEnd: false,
    });
    const effects = b.session.dispute(LOG.origin, { code: 'bad_signature', message: 'x' });
    expect(effects.map((effect) => effect.type === 'send' && decoded(effect.frame))).toEqual([
      { type: 'credit', bytes: 9 },
    ]);
    expect([...b.session.ahead()]).toEqual([OTHER.origin]);
    b.session.hello();
    expect([...b.session.ahead()]).toEqual([OTHER.origin]);
  });
});

describe('news of a log', () => {
  it('goes as a manifest to who lacks it, and as a position to who has it', () => {
    const [a, b] = [new Side().hold(LOG, 3), new Side().hold(LOG, 3)];
    a.note(a.session.hello());
    exchange(a, b);
    a.hold(LOG, 4);
    const { manifest } = a.logs.get(LOG.origin) as ReturnType<typeof signRange>;
    const entry = a.entry(LOG.origin) as FrontierEntry;
    a.note(a.session.advanced(entry, encodeManifest(manifest)));
    expect(a.take()).toEqual([{ type: 'heads', manifests: [encodeManifest(manifest)] }]);
    b.session.learn([entry]);
    expect(isAhead(entry, b.entry(LOG.origin))).toBe(true);
    b.hold(LOG, 4);
    b.note(b.session.advanced(entry, encodeManifest(manifest)));
    expect(b.take()).toEqual([{ type: 'frontier', entries: [entry], last: false }]);
  });

  it('never takes back what is known (Y1)', () => {
    const side = new Side();
    const entries = [5, 3, 9, 1].map(
      (records) => new Side().hold(LOG, records).entry(LOG.origin) as FrontierEntry,
    );
    const known = entries.map((entry) => {
      side.session.learn([entry]);
      return side.session.remoteEntry(LOG.origin)?.seq;
    });
    expect(known).toEqual([5, 5, 9, 9]);
  });
});
