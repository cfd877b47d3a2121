import { expect, test } from 'vitest';
import { compareManifests } from '../../../protocol/evidence/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { signSegment } from '../../support/forked-log.ts';
import { numberedRecords, type SignedRange, testLog } from '../../support/test-log.ts';

const LOG = testLog();
const HEAD = signSegment(LOG, undefined, numberedRecords(1, 3));
const SEALED = signSegment(LOG, undefined, numberedRecords(1, 3), { sealed: true });
const GROWN = signSegment(LOG, undefined, numberedRecords(1, 5));
const OTHER = signSegment(LOG, undefined, numberedRecords(7, 3), { sealed: true });
const NEXT = signSegment(LOG, SEALED, numberedRecords(4, 2), { sealed: true });
const OTHER_NEXT = signSegment(LOG, OTHER, numberedRecords(4, 2), { sealed: true });
const THIRD = signSegment(LOG, NEXT, numberedRecords(6, 2));
const MOVED = signSegment(LOG, SEALED, numberedRecords(4, 2), { firstSeq: 5 });

test.each<[string, SignedRange, SignedRange, string]>([
  ['one manifest', HEAD, HEAD, 'same'],
  ['a head and its seal', HEAD, SEALED, 'consistent'],
  ['a head and a longer one', HEAD, GROWN, 'undecided leaves'],
  ['a seal and what goes beyond it', SEALED, GROWN, 'contradictory leaves'],
  ['two roots at one count', SEALED, OTHER, 'contradictory leaves'],
  ['one segment after two histories', NEXT, OTHER_NEXT, 'contradictory earlier'],
  ['one segment from two seqs', NEXT, MOVED, 'contradictory nothing'],
  ['a segment and the next', SEALED, NEXT, 'consistent'],
  ['a head at its last count and the next segment', HEAD, NEXT, 'consistent'],
  ['a segment and the next of another history', SEALED, OTHER_NEXT, 'contradictory earlier'],
  ['a head that may have grown otherwise, and a next segment', HEAD, MOVED, 'undecided earlier'],
  ['a head of another history that ends where the next begins', OTHER, NEXT, 'contradictory earlier'],
  ['segments with others between them', SEALED, THIRD, 'undecided earlier'],
  [
    'segments that leave no room for those between them',
    signSegment(LOG, undefined, numberedRecords(1, 6)),
    THIRD,
    'contradictory earlier',
  ],
])('%s', (_, a, b, expected) => {
  for (const [one, two] of [
    [a, b],
    [b, a],
  ] as const) {
    const comparison = compareManifests(crypto, one.manifest, two.manifest);
    expect(Object.values(comparison).join(' ')).toBe(expected);
  }
});

test('manifests of two logs are not compared', () => {
  const other = signSegment(testLog(1, 'bbbbbbbb'), undefined, numberedRecords(1, 1));
  expect(() => compareManifests(crypto, HEAD.manifest, other.manifest)).toThrow(TypeError);
});
