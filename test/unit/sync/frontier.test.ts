import { describe, expect, it } from 'vitest';
import { hexEncode } from '../../../protocol/bytes/index.ts';
import { commitmentOf } from '../../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import {
  type FrontierEntry,
  frontierDigest,
  frontierEntry,
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
      commitment: commitmentOf(crypto, manifest),
    });
  });
});

/** Positions of one log, each holding something that the one before lacks. */
const POSITIONS = [undefined, at(0, 1), at(0, 5), at(0, 5, true), at(1, 1), at(1, 1, true), at(7, 1)];

describe('a position', () => {
  it('is ahead of every one that lacks something, and of no other', () => {
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
  ])('%s: contradicts or not', (_, a, b, contradicts) => {
    expect(isContradiction(a, b)).toBe(contradicts);
    expect(isContradiction(b, a)).toBe(contradicts);
  });
});

describe('the digest of a frontier', () => {
  it('of nothing is the hash of nothing', () => {
    expect(hexEncode(frontierDigest(crypto, []))).toBe(hexEncode(crypto.sha256(new Uint8Array())));
  });

  it.each([
    ['the segment', at(2, 5)],
    ['the records', at(1, 6)],
    ['the seal', at(1, 5, true)],
    ['the history', at(1, 5, false, 1)],
    ['the log', { ...at(1, 5), origin: testLog(2).origin }],
  ])('changes with %s', (_, entry) => {
    expect(frontierDigest(crypto, [entry])).not.toEqual(frontierDigest(crypto, [at(1, 5)]));
  });
});
