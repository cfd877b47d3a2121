import { describe, expect, it } from 'vitest';
import { base32 } from '../../../protocol/bytes/index.ts';
import { makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import { type FrontierEntry, SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { newRemote } from '../../support/new-remote.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const { device } = numberedSigner(1);

const logOf = (number: number): Origin =>
  makeOrigin(device, base32.encode(Uint8Array.of(1, 1, number >> 16, (number >> 8) & 255, number & 255)));

const at = (origin: Origin, events: number): FrontierEntry => ({
  origin,
  segment: 0,
  events,
  seq: events,
  sealed: false,
  frozen: false,
  commitment: new Uint8Array(32),
});

describe('what is known of a remote', () => {
  it('has room for so many logs, and for news of these when it is full', () => {
    const remote = newRemote();
    for (let i = 0; i < SYNC_LIMITS.frontierLogsMax; i += 1) expect(remote.learn(at(logOf(i), 1))).toBe(true);
    expect(remote.learn(at(logOf(SYNC_LIMITS.frontierLogsMax), 1))).toBe(false);
    expect(remote.entry(logOf(SYNC_LIMITS.frontierLogsMax))).toBeUndefined();
    expect(remote.learn(at(logOf(0), 2))).toBe(true);
    expect(remote.entry(logOf(0))?.events).toBe(2);
  });

  it('by hearsay has room for fewer: one more, and the oldest is forgotten', () => {
    const remote = newRemote();
    for (let i = 0; i < SYNC_LIMITS.supposedMax; i += 1) remote.suppose(at(logOf(i), 1));
    expect([...remote.ahead()]).toHaveLength(SYNC_LIMITS.supposedMax);
    expect(remote.reach(logOf(0))?.events).toBe(1);
    remote.suppose(at(logOf(SYNC_LIMITS.supposedMax), 1));
    expect([...remote.ahead()]).toHaveLength(SYNC_LIMITS.supposedMax);
    expect(remote.reach(logOf(0))).toBeUndefined();
    expect(remote.reach(logOf(1))?.events).toBe(1);
  });
});

describe('a log that a remote holds more of', () => {
  const held: FrontierEntry = { ...at(logOf(0), 7), sealed: true };

  it.each<[string, FrontierEntry, boolean]>([
    ['goes on in the next segment', { ...at(logOf(0), 1), segment: 1, seq: 8 }, true],
    ['goes on in a segment that is sealed here', at(logOf(0), 8), false],
    ['leaves no room for what is held', { ...at(logOf(0), 1), segment: 1, seq: 7 }, false],
  ])('is asked for or not, if it %s', (_, entry, isOffered) => {
    const [stating, supposed] = [newRemote(held), newRemote(held)];
    stating.learn(entry);
    supposed.suppose(entry);
    for (const remote of [stating, supposed]) {
      expect(remote.offers(entry.origin)).toBe(isOffered);
      expect([...remote.ahead()]).toEqual(isOffered ? [entry.origin] : []);
    }
  });
});
