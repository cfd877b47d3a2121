import { describe, expect, it } from 'vitest';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { type FrontierEntry, frontierDigest, PublishedFrontier } from '../../../protocol/sync/index.ts';
import { numberedEntry } from '../../support/session-side.ts';

/** A frontier on which these logs have changed, one at each arrival. */
const frontierOf = (...logs: readonly number[]): PublishedFrontier => {
  const frontier = new PublishedFrontier(crypto);
  for (const [i, log] of logs.entries()) frontier.set(numberedEntry(log, i + 1), i + 1);
  return frontier;
};

const eventsOf = (entries: Iterable<FrontierEntry>): readonly number[] =>
  [...entries].map(({ events }) => events).sort((a, b) => a - b);

describe('a published frontier', () => {
  it.each([
    ['everything since the beginning', 0, undefined, [3, 4, 5]],
    ['what has changed since', 3, undefined, [4, 5]],
    ['what has changed up to then and not since', 0, 4, [3, 4]],
    ['the last change', 4, undefined, [5]],
    ['nothing', 5, undefined, []],
    ['nothing past the end', 99, undefined, []],
    ['nothing of a change that another one followed', 0, 2, []],
  ])('tells %s', (_, after, upTo, expected) => {
    // Each of the first two logs changes again.
    const frontier = frontierOf(1, 2, 3, 2, 1);
    expect(eventsOf(frontier.changed(after, upTo))).toEqual(expected);
  });

  it('tells the same whichever way is shorter', () => {
    const frontier = frontierOf(1, 2);
    frontier.set(numberedEntry(3, 1000), 1000);
    for (const after of [0, 1, 2, 500, 999, 1000]) {
      const expected = [1, 2, 1000].filter((arrival) => arrival > after);
      expect(eventsOf(frontier.changed(after))).toEqual(expected);
    }
  });

  it('has reached the arrivals that it was told of', () => {
    const frontier = frontierOf(1, 2);
    expect(frontier.arrivals).toBe(2);
    frontier.reach(7);
    frontier.reach(5);
    expect(frontier.arrivals).toBe(7);
    expect(eventsOf(frontier.changed(2))).toEqual([]);
  });

  it('has the digest of its entries', () => {
    const frontier = frontierOf(1, 2, 1);
    expect(frontier.digest()).toEqual(frontierDigest(crypto, [numberedEntry(1, 3), numberedEntry(2, 2)]));
    expect(frontier.entry(numberedEntry(1).origin)).toEqual(numberedEntry(1, 3));
    expect([...frontier.entries()]).toHaveLength(2);
  });
});
