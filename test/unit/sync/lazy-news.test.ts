import { describe, expect, it } from 'vitest';
import { encodeFrame, SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { frontierFrame, hello, meet, numberedEntry, Side, spelled } from '../../support/session-side.ts';
import { testLog } from '../../support/test-log.ts';

const ONCE = SYNC_LIMITS.lazyMs;
const LOG = testLog();

/** A side that holds the first record of a log, as the other one does whose store has the id. */
const equal = (storeId = 'a', otherId = 'b'): Side => {
  const sides = [new Side(storeId), new Side(otherId)] as const;
  for (const side of sides) side.holdEntry(numberedEntry(1));
  meet(...sides);
  return sides[0];
};

/** What a side says, and when, of a log that has moved on. */
const move = (side: Side, events: number, nowMs = 0): readonly SyncFrame[] => {
  const entry = numberedEntry(1, events);
  side.holdEntry(entry).note(side.session.advanced([entry], nowMs));
  return side.take();
};

const tick = (side: Side, nowMs: number): readonly SyncFrame[] => {
  side.note(side.session.tick(nowMs, () => false));
  return side.take();
};

/** The other side says by itself where it holds the log. */
const tells = (side: Side, events: number): void => {
  const log = { type: 'alias', by: 'sender', number: 0 } as const;
  const { origin, ...position } = numberedEntry(1, events);
  side.receive(frontierFrame({ arrivals: events, entries: [{ log, ...position }] }));
  side.take();
};

/** The other side names the log, so that it can speak of it. */
const spellOut = (side: Side): void => {
  side.receive(frontierFrame({ arrivals: 1, entries: [spelled(numberedEntry(1))] }));
  side.take();
};

/** A side whose other one has told it of news that was told to it as well. */
const crossed = (storeId?: string, otherId?: string): Side => {
  const side = equal(storeId, otherId);
  spellOut(side);
  expect(move(side, 2)).toHaveLength(1);
  tells(side, 2);
  return side;
};

describe('news that the other side gets without this one', () => {
  it('waits from the second time on, longer where the id of the store is the greater', () => {
    for (const [side, wait] of [
      [crossed('a', 'b'), ONCE],
      [crossed('b', 'a'), 2 * ONCE],
    ] as const) {
      expect(move(side, 3, 1000)).toEqual([]);
      expect(side.session.deadlineMs).toBe(1000 + wait);
      expect(tick(side, 999 + wait)).toEqual([]);
      expect(tick(side, 1000 + wait)).toMatchObject([{ type: 'frontier', entries: [{ events: 3 }] }]);
      expect(side.session.deadlineMs).toBeUndefined();
    }
  });

  it('is not told when the other side tells it first, and what comes then waits anew', () => {
    const side = crossed();
    move(side, 3, 1000);
    tells(side, 3);
    expect(side.session.deadlineMs).toBeUndefined();
    expect(tick(side, 1000 + ONCE)).toEqual([]);
    expect(move(side, 4, 1500)).toEqual([]);
    expect(side.session.deadlineMs).toBe(1500 + ONCE);
  });

  it('waits once for all that comes meanwhile, and is told as it then stands', () => {
    const side = crossed();
    for (const events of [3, 4, 5]) expect(move(side, events, 1000 + events)).toEqual([]);
    expect(tick(side, 1003 + ONCE)).toMatchObject([{ entries: [{ events: 5 }], arrivals: 5 }]);
  });

  it('goes out with whatever is told before its time', () => {
    const side = crossed();
    move(side, 3);
    const other = numberedEntry(2);
    side.holdEntry(other).note(side.session.advanced([other], 1));
    expect(side.take()).toMatchObject([{ entries: [{ events: 3 }, spelled(other)], arrivals: 4 }]);
    expect(side.session.deadlineMs).toBeUndefined();
  });

  it('is what it holds by its own words too, where it has not asked for it', () => {
    const side = equal();
    expect(move(side, 2)).toHaveLength(1);
    side.receive(frontierFrame({ arrivals: 1, held: { arrivals: 2, missing: [] } }));
    expect(move(side, 3)).toEqual([]);
  });

  it('does not wait longer when the clock is set back', () => {
    const side = crossed();
    move(side, 3, 3_600_000);
    expect(tick(side, 0)).toHaveLength(1);
  });

  it('is not what it was told of and does not hold yet', () => {
    const side = equal();
    spellOut(side);
    expect(move(side, 2)).toHaveLength(1);
    expect(move(side, 3)).toHaveLength(1);
    tells(side, 2);
    expect(move(side, 4)).toHaveLength(1);
  });

  it('is not told to whom says that it holds even that', () => {
    const side = crossed();
    move(side, 3, 1000);
    side.receive(frontierFrame({ arrivals: 2, held: { arrivals: 3, missing: [] } }));
    expect(side.session.deadlineMs).toBeUndefined();
    expect(tick(side, 1000 + ONCE)).toEqual([]);
  });

  it('is nothing that waits where the log is forked', () => {
    const side = crossed();
    side.freeze({ ...LOG, origin: numberedEntry(1).origin }, 2);
    side.note(side.session.advanced([...side.frontier.entries()], 0));
    expect(side.take().map(({ type }) => type)).toContain('frontier');
  });
});

describe('news of a log that the other side asks for', () => {
  /** A side with records to serve, whose news of the log waits. */
  const serving = (): Side => {
    const side = new Side('a').hold(LOG, 1).open();
    side.receive(hello({ storeId: 'b', frontierDigest: side.frontier.digest() }));
    side.take();
    return side;
  };
  const grow = (side: Side, records: number): readonly SyncFrame[] => {
    side.hold(LOG, records);
    side.note(side.session.advanced([...side.frontier.entries()], 0));
    return side.take();
  };
  const holds = (side: Side, arrivals: number): void => {
    side.receive(frontierFrame({ held: { arrivals, missing: [] } }));
    side.take();
  };
  const want = (number: number, events: number): SyncFrame => {
    const log = { type: 'origin', origin: LOG.origin } as const;
    return { type: 'want', want: number, log, segment: 0, events, until: 0 };
  };
  const asks = (side: Side, number: number, events: number): void => {
    side.receive(want(number, events));
    expect(side.take().some(({ type }) => type === 'range')).toBe(true);
  };

  it('is told at once', () => {
    const side = serving();
    expect(grow(side, 2)).toHaveLength(1);
    asks(side, 1, 1);
    holds(side, 2);
    expect(grow(side, 3)).toHaveLength(1);
  });

  it('is told at once also when more than what was asked for has come with it', () => {
    const side = serving();
    expect(grow(side, 2)).toHaveLength(1);
    const read = side.session.receive(encodeFrame(want(1, 1)), 0);
    expect(grow(side, 3)).toHaveLength(1);
    side.note(read);
    expect(side.take()).toMatchObject([{ type: 'range' }]);
    holds(side, 3);
    expect(grow(side, 4)).toHaveLength(1);
  });

  it('is told at once again where it waited', () => {
    const side = serving();
    grow(side, 2);
    holds(side, 2);
    expect(grow(side, 3)).toEqual([]);
    expect(tick(side, ONCE)).toHaveLength(1);
    asks(side, 1, 2);
    holds(side, 3);
    expect(grow(side, 4)).toHaveLength(1);
  });
});
