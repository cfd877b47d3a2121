import { describe, expect, it, vi } from 'vitest';
import { compareStatements, drives, type Statement } from '../../../protocol/sync/comparison.ts';
import { SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import {
  exchange,
  frontierFrame,
  hello,
  meet,
  numberedEntry,
  Side,
  spelled,
} from '../../support/session-side.ts';
import { testLog } from '../../support/test-log.ts';

const [LOG, OTHER, THIRD] = [testLog(1), testLog(2), testLog(3)];

const digest = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);

describe('two statements', () => {
  const own: Statement = {
    frontierDigest: digest(1),
    arrivals: 5,
    storeId: 'own',
    cursor: { storeId: 'remote', arrivals: 7 },
  };
  const remote: Statement = {
    frontierDigest: digest(2),
    arrivals: 7,
    storeId: 'remote',
    cursor: { storeId: 'own', arrivals: 5 },
  };

  it.each<[string, Statement, Statement, string]>([
    ['equal digests', own, { ...remote, frontierDigest: digest(1) }, 'equal'],
    ['two cursors at the very end', own, remote, 'changes'],
    ['a cursor into another store', own, { ...remote, storeId: 'restored' }, 'drive'],
    ['a cursor ahead of its store', own, { ...remote, arrivals: 6 }, 'drive'],
    ['one cursor alone', own, { frontierDigest: digest(2), arrivals: 7, storeId: 'remote' }, 'drive'],
    [
      'no cursors',
      { frontierDigest: digest(3), arrivals: 1 },
      { frontierDigest: digest(2), arrivals: 1 },
      'follow',
    ],
  ])('with %s lead to %4$s', (_, a, b, outcome) => {
    expect(compareStatements(a, b)).toBe(outcome);
    const mirrored = { drive: 'follow', follow: 'drive' }[outcome] ?? outcome;
    expect(compareStatements(b, a)).toBe(mirrored);
  });

  it('are led by the smaller digest, wherever they differ', () => {
    const last = digest(1).with(15, 2);
    expect([
      drives(own, { ...remote, frontierDigest: last }),
      drives({ ...own, frontierDigest: last }, own),
    ]).toEqual([true, false]);
  });
});

describe('sides that meet', () => {
  it('with equal frontiers say hello once each, and nothing else', () => {
    const [a, b] = [new Side('a').hold(LOG, 3).hold(OTHER, 1), new Side('b').hold(OTHER, 1).hold(LOG, 3)];
    expect(meet(a, b)).toEqual(['a hello', 'b hello']);
    for (const side of [a, b]) {
      expect(side.session.remoteKnown).toBe(true);
      expect(side.session.remote.entry(LOG.origin)).toEqual(side.entry(LOG.origin));
      expect([...side.session.remote.ahead()]).toEqual([]);
    }
    expect([a.cursor, b.cursor]).toEqual([
      { storeId: 'b', arrivals: 2 },
      { storeId: 'a', arrivals: 2 },
    ]);
  });

  it('for the first time with different frontiers learn all of the other one', () => {
    const [a, b] = [new Side('a').hold(LOG, 3).hold(OTHER, 1), new Side('b').hold(LOG, 2).hold(THIRD, 1)];
    meet(a, b);
    expect([...a.session.remote.ahead()]).toEqual([THIRD.origin]);
    expect(new Set(b.session.remote.ahead())).toEqual(new Set([LOG.origin, OTHER.origin]));
    expect([a.session.remoteKnown, b.session.remoteKnown]).toEqual([true, true]);
    expect(a.session.remote.entry(LOG.origin)).toEqual(b.entry(LOG.origin));
    expect(b.session.remote.entry(LOG.origin)).toEqual(a.entry(LOG.origin));
  });

  it.each([
    ['the one that drives', 0],
    ['the one that follows', 1],
  ])('find out what %s alone holds', (_, holder) => {
    // The digest of nothing is all zeros, so whoever holds nothing drives.
    const sides = [new Side('a'), new Side('b')] as const;
    const [a, b] = holder === 0 ? [sides[1].hold(LOG, 2), sides[0]] : [sides[0].hold(LOG, 2), sides[1]];
    meet(a, b);
    expect([...b.session.remote.ahead()]).toEqual([LOG.origin]);
    expect([...a.session.remote.ahead()]).toEqual([]);
  });

  it('are told what changes on the way', () => {
    const [a, b] = [new Side('a').hold(LOG, 2), new Side('b').hold(LOG, 2)];
    a.open();
    b.open();
    a.hold(LOG, 3);
    a.note(
      a.session.advanced(
        [a.frontier.entry(LOG.origin)].flatMap((entry) => entry ?? []),
        0,
      ),
    );
    exchange(a, b);
    expect([...b.session.remote.ahead()]).toEqual([LOG.origin]);
    // What was said before counts for what was there then.
    expect(a.session.remote.entry(LOG.origin)).toBeUndefined();
  });
});

describe('sides that have met before', () => {
  const met = (): readonly [Side, Side] => {
    const [a, b] = [new Side('a').hold(LOG, 2).hold(OTHER, 2), new Side('b').hold(LOG, 2).hold(OTHER, 2)];
    meet(a, b);
    a.restart();
    b.restart();
    return [a, b];
  };

  const told = (frames: readonly SyncFrame[]): number =>
    frames.reduce((sum, frame) => sum + (frame.type === 'frontier' ? frame.entries.length : 0), 0);

  it('tell just what has changed since', () => {
    const [a, b] = met();
    a.hold(LOG, 3).hold(THIRD, 1);
    a.open();
    b.open();
    const sent: SyncFrame[] = [];
    while (a.sent.length + b.sent.length > 0) {
      const [fromA, fromB] = [a.take(), b.take()];
      sent.push(...fromA, ...fromB);
      for (const frame of fromA) b.receive(frame);
      for (const frame of fromB) a.receive(frame);
    }
    expect(told(sent)).toBe(2);
    expect(sent.some(({ type }) => type === 'node')).toBe(false);
    expect(new Set(b.session.remote.ahead())).toEqual(new Set([LOG.origin, THIRD.origin]));
    expect(a.session.remote.entry(OTHER.origin)).toEqual(a.entry(OTHER.origin));
  });

  it('confirm by a compare each way that nothing is left, once everything is fetched', () => {
    const [a, b] = met();
    a.hold(LOG, 3);
    expect(meet(a, b)).not.toContain('a compare');
    b.fetch(a);
    expect(
      exchange(a, b)
        .filter((type) => type.endsWith('compare'))
        .toSorted(),
    ).toEqual(['a compare', 'b compare']);
    for (const side of [a, b]) expect(side.session.remote.entry(LOG.origin)).toEqual(a.entry(LOG.origin));
  });

  it('find out by the tree what a cursor was wrong about', () => {
    const [a, b] = met();
    a.hold(THIRD, 1).hold(LOG, 3);
    // B believes that it holds everything up to the third log.
    b.restart({ storeId: 'a', arrivals: 3 });
    a.restart({ storeId: 'b', arrivals: 2 });
    meet(a, b);
    expect([...b.session.remote.ahead()]).toEqual([LOG.origin]);
    b.fetch(a);
    expect(exchange(a, b).filter((type) => type.endsWith('node'))).toHaveLength(1);
    expect([...b.session.remote.ahead()]).toEqual([THIRD.origin]);
  });

  it('compare the tree with a store that was restored', () => {
    const [a, b] = met();
    const restored = new Side('a').hold(OTHER, 2);
    restored.restart({ storeId: 'b', arrivals: 2 });
    const types = meet(restored, b);
    expect(types.filter((type) => type.endsWith('node'))).toHaveLength(1);
    expect([...restored.session.remote.ahead()]).toEqual([LOG.origin]);
    expect(a.faults).toEqual([]);
  });
});

describe('another round', () => {
  const met = (): readonly [Side, Side] => {
    const [a, b] = [new Side('a').hold(LOG, 2), new Side('b').hold(LOG, 2)];
    meet(a, b);
    return [a, b];
  };

  it('is one compare each way when nothing has changed, the second without a digest', () => {
    const [a, b] = met();
    a.note(a.session.compare());
    const [first] = a.take();
    expect(first).toMatchObject({ type: 'compare', frontierDigest: a.frontier.digest() });
    b.receive(first as SyncFrame);
    expect(b.take()).toEqual([{ type: 'compare', arrivals: 1 }]);
  });

  it('finds what was never announced', () => {
    const [a, b] = met();
    b.hold(LOG, 5);
    a.note(a.session.compare());
    exchange(a, b);
    expect([...a.session.remote.ahead()]).toEqual([LOG.origin]);
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
      side.note(side.session.compare());
    }
    expect(exchange(a, b).length).toBeLessThanOrEqual(2 * who.length);
    a.note(a.session.compare());
    expect(exchange(a, b)).toEqual(['a compare', 'b compare']);
    expect([...a.faults, ...b.faults]).toEqual([]);
  });

  it('waits, on both sides, until nothing is left to be fetched', () => {
    const [a, b] = met();
    b.hold(OTHER, 1);
    b.note(
      b.session.advanced(
        [b.entry(OTHER.origin)].flatMap((entry) => entry ?? []),
        0,
      ),
    );
    exchange(a, b);
    a.note(a.session.compare());
    b.note(b.session.compare());
    expect(exchange(a, b)).toEqual(['b compare']);
    a.fetch(b);
    expect(exchange(a, b)).toEqual(['a frontier', 'a compare']);
  });
});

describe('logs that are not accepted here', () => {
  const { missingMax } = SYNC_LIMITS;

  /** A side that was told of so many logs which it does not accept, by a remote that drove. */
  const told = (count: number): Side => {
    const side = new Side('own').holdEntry(numberedEntry(0)).open();
    const entries = Array.from({ length: count }, (_, i) => numberedEntry(i + 1));
    for (const { origin } of entries) side.refused.add(origin);
    side.receive(hello({ arrivals: count }));
    side.receive(frontierFrame({ entries: entries.map(spelled), arrivals: count, last: true }));
    return side;
  };

  it('are named as missing, and left out of the cursor', () => {
    const side = told(missingMax);
    expect(side.cursor).toEqual({ storeId: 'other', arrivals: missingMax });
    expect(side.sent.at(-1)).toMatchObject({ type: 'frontier', held: { missing: { length: missingMax } } });
  });

  it('are not looked through at every step, if they are too many to be named', () => {
    const side = told(missingMax + 1);
    const looks = vi.spyOn(side.refused, 'has');
    side.note(side.session.advanced([], 0));
    side.receive(frontierFrame({ arrivals: missingMax + 2 }));
    expect(looks).not.toHaveBeenCalled();
    expect(side.sent.map(({ type }) => type)).toEqual(['hello', 'node']);
  });

  it('are named as soon as they are few enough', () => {
    const side = told(missingMax + 1);
    side.take();
    const held = numberedEntry(1);
    side.holdEntry(held).note(side.session.advanced([held], 0));
    expect(side.take()).toMatchObject([{ type: 'frontier', held: { missing: { length: missingMax } } }]);
    expect(side.cursor).toEqual({ storeId: 'other', arrivals: missingMax + 1 });
  });
});

describe('a frame out of its turn', () => {
  const greeted = (): Side => {
    const side = new Side('a').hold(LOG, 1).open();
    side.receive(hello({ frontierDigest: side.frontier.digest() }));
    return side;
  };

  it.each<[string, SyncFrame]>([
    ['a second hello', hello()],
    ['a compare that answers nothing', { type: 'compare', arrivals: 1 }],
    ['the end of a phase', frontierFrame({ last: true })],
    ['a look', { type: 'look', paths: [''] }],
    ['a node', { type: 'node', path: '', content: { type: 'entries', entries: [] } }],
  ])('ends the session: %s', (_, frame) => {
    const side = greeted();
    side.receive(frame);
    expect(side.faults).toEqual(['out_of_turn']);
  });

  it('ends the session: a second compare before the first is answered', () => {
    const side = greeted();
    // Something is left to be fetched, so the compare waits.
    side.receive(
      frontierFrame({ entries: [spelled(new Side().hold(OTHER, 1).entry(OTHER.origin) as never)] }),
    );
    side.receive({ type: 'compare', frontierDigest: digest(5), arrivals: 1 });
    expect(side.faults).toEqual([]);
    side.receive({ type: 'compare', frontierDigest: digest(5), arrivals: 1 });
    expect(side.faults).toEqual(['out_of_turn']);
  });
});
