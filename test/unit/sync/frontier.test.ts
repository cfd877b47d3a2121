import { describe, expect, it } from 'vitest';
import { commitmentOf } from '../../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { isSameEntry } from '../../../protocol/sync/frontier.ts';
import {
  type FrontierEntry,
  frontierEntry,
  frozenEntry,
  isAhead,
  isContradiction,
} from '../../../protocol/sync/index.ts';
import { numberedRecords, signRange, testLog } from '../../support/test-log.ts';

const { origin } = testLog(1);

const at = (segment: number, events: number, sealed = false, byte = 0): FrontierEntry => ({
  origin,
  segment,
  events,
  seq: 10 * segment + events,
  sealed,
  frozen: false,
  commitment: new Uint8Array(32).fill(byte),
});

describe('a frontier entry', () => {
  it('says what the newest manifest covers', () => {
    const sealed = signRange(testLog(1), undefined, numberedRecords(1, 3), { sealed: true });
    const { manifest } = signRange(testLog(1), sealed.tail, numberedRecords(4, 2));
    expect(frontierEntry(crypto, manifest)).toEqual({
      origin,
      segment: 1,
      events: 2,
      seq: 5,
      sealed: false,
      frozen: false,
      commitment: commitmentOf(crypto, manifest),
    });
  });

  it('of a forked log says where the fork is, and nothing of a branch', () => {
    expect(frozenEntry(origin, 8)).toEqual({
      origin,
      segment: 0,
      events: 0,
      seq: 7,
      sealed: false,
      frozen: true,
      commitment: new Uint8Array(32),
    });
  });
});

/** Positions of one log, each saying more than the one before. */
const POSITIONS = [
  undefined,
  at(0, 1),
  at(0, 5),
  at(0, 5, true),
  at(1, 1),
  at(1, 1, true),
  at(7, 1),
  frozenEntry(origin, 9),
  frozenEntry(origin, 8),
];

describe('a position', () => {
  it('is ahead of every one that says less, and of no other', () => {
    for (const [i, entry] of POSITIONS.entries()) {
      if (entry === undefined) continue;
      for (const [j, other] of POSITIONS.entries()) expect(isAhead(entry, other)).toBe(i > j);
    }
  });

  it.each([
    ['equal length, other history', at(1, 5, false, 1), at(1, 5, false, 2), true],
    ['equal length, other history, one of them sealed', at(1, 5, true, 1), at(1, 5, false, 2), true],
    ['equal length, same history', at(1, 5, false, 1), at(1, 5, false, 1), false],
    ['equal length, same history, one of them sealed', at(1, 5, true, 1), at(1, 5, false, 1), false],
    ['other length', at(1, 5, false, 1), at(1, 6, false, 2), false],
    ['other segment', at(1, 5, false, 1), at(2, 5, false, 2), false],
    ['a closed segment, and more of it', at(1, 5, true, 1), at(1, 6, false, 2), true],
    ['a closed segment, and a part of it', at(1, 5, true, 1), at(1, 4, false, 2), false],
    ['a segment that begins at two places', at(1, 5), { ...at(1, 6), seq: 17 }, true],
    ['a later segment with room for one record of each between', at(1, 5), { ...at(4, 2), seq: 19 }, false],
    ['a later segment without that room', at(1, 5), { ...at(4, 2), seq: 18 }, true],
    ['the segment after, without a gap', at(1, 5), { ...at(2, 2), seq: 17 }, false],
    ['the segment after, over records of the one before', at(1, 5), { ...at(2, 2), seq: 16 }, true],
    ['more records than the other has sealed', at(1, 6, false, 1), at(1, 5, true, 2), true],
    ['a longer seal than the other', at(1, 6, true, 1), at(1, 5, true, 2), true],
    ['a longer seal than an open segment', at(1, 6, true, 1), at(1, 5, false, 2), false],
    ['one of them frozen', at(0, 0, false, 1), frozenEntry(origin, 5), false],
  ])('%s: contradicts or not', (_, a, b, contradicts) => {
    expect(isContradiction(a, b)).toBe(contradicts);
    expect(isContradiction(b, a)).toBe(contradicts);
  });
});

describe('two entries of one log', () => {
  const entry = at(1, 5);

  it.each([
    ['segment', at(2, 5)],
    ['records', at(1, 6)],
    ['seal', at(1, 5, true)],
    ['length', { ...entry, seq: 99 }],
    ['state', { ...entry, frozen: true }],
    ['history', at(1, 5, false, 1)],
  ])('say the same only if it is the same %s', (_, other) => {
    expect(isSameEntry(entry, { ...entry })).toBe(true);
    expect(isSameEntry(entry, other)).toBe(false);
  });
});
