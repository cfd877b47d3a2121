import { expect, test } from 'vitest';
import { leafHash } from '../../../protocol/event/index.ts';
import { buildEvidence, compareCommonPart, type Evidence } from '../../../protocol/evidence/index.ts';
import { fastCrypto as crypto } from '../../support/fast-crypto.ts';
import { type SignedSegment, signSegment } from '../../support/forked-log.ts';
import { numberedRecords, TEST_SPACE, testLog } from '../../support/test-log.ts';

const LOG = testLog();
const ZERO = signSegment(LOG, undefined, numberedRecords(1, 4), { sealed: true });
const OTHER_ZERO = signSegment(LOG, undefined, numberedRecords(50, 4), { sealed: true });

/** Segment 1 with its first records in common with the numbered ones, and others after that. */
const branch = (common: number, other: number, sealed = false, before = ZERO): SignedSegment =>
  signSegment(LOG, before, [...numberedRecords(5, common), ...numberedRecords(other, 3)], { sealed });

const evidenceOf = (a: SignedSegment, b: SignedSegment): Evidence => {
  const evidence = buildEvidence(crypto, TEST_SPACE, a, b);
  if (!evidence.ok) throw new Error(evidence.fault.message);
  return evidence.value;
};

/** The two histories have the first 6 records of segment 1 in common. */
const EVIDENCE = evidenceOf(branch(6, 100), branch(6, 200));

const compare = (segments: readonly SignedSegment[], evidence = EVIDENCE, readable = true) => {
  const newest = segments.at(-1)?.manifest;
  if (newest === undefined) throw new Error('an empty history');
  return compareCommonPart(crypto, evidence, {
    newest,
    manifest: (segment) => segments[segment]?.manifest,
    leaves: ({ segment }) => {
      const { firstSeq, records } = segments[segment] ?? { firstSeq: 1, records: [] };
      return readable
        ? records.map((record, i) => leafHash(crypto, LOG.origin, firstSeq + i, record))
        : undefined;
    },
  });
};

const open = (events: number, sealed = false) =>
  signSegment(LOG, ZERO, numberedRecords(5, events), { sealed });

test.each<[string, readonly SignedSegment[], string]>([
  ['one of the two histories', [ZERO, branch(6, 100)], 'yes'],
  ['a third one that parts from both at the same place', [ZERO, branch(6, 300)], 'yes'],
  ['the common part alone', [ZERO, open(6)], 'yes'],
  ['the common part, sealed', [ZERO, open(6, true)], 'yes'],
  ['a part of the common part', [ZERO, open(5)], 'shorter'],
  ['the segment before', [ZERO], 'shorter'],
  ['the segment before, not closed yet', [signSegment(LOG, undefined, numberedRecords(1, 4))], 'shorter'],
  [
    'a third history that is as long as the segment before, not closed yet',
    [signSegment(LOG, undefined, numberedRecords(50, 4))],
    'no',
  ],
  [
    'a history that goes on where the segment before is closed',
    [signSegment(LOG, undefined, numberedRecords(1, 5))],
    'no',
  ],
  ['the beginning of the segment before', [signSegment(LOG, undefined, numberedRecords(1, 2))], 'shorter'],
  ['a part of the common part that is sealed', [ZERO, open(5, true)], 'no'],
  ['a third history that parts before', [ZERO, branch(5, 300)], 'no'],
  ['a third history that parts a segment before', [OTHER_ZERO, branch(6, 100, false, OTHER_ZERO)], 'no'],
  ['the end of a third history in the segment before', [OTHER_ZERO], 'no'],
])('%s', (_, segments, expected) => {
  expect(compare(segments)).toBe(expected);
});

test('nothing of the segment is in common', () => {
  const moved = signSegment(LOG, ZERO, numberedRecords(5, 3), { firstSeq: 9 });
  for (const evidence of [evidenceOf(branch(0, 100), branch(0, 200)), evidenceOf(open(3), moved)]) {
    expect(compare([ZERO, branch(0, 300)], evidence, false)).toBe('yes');
    expect(compare([OTHER_ZERO, branch(0, 100, false, OTHER_ZERO)], evidence)).toBe('no');
  }
});

test('the whole common part, of which the last segment is not closed yet', () => {
  const evidence = evidenceOf(branch(0, 100), branch(0, 200));
  expect(compare([signSegment(LOG, undefined, numberedRecords(1, 4))], evidence)).toBe('yes');
  expect(compare([signSegment(LOG, undefined, numberedRecords(1, 3))], evidence)).toBe('shorter');
  expect(compare([signSegment(LOG, undefined, numberedRecords(2, 4))], evidence)).toBe('no');
});

test('a history that ends two segments before', () => {
  const one = open(3, true);
  const [two, other] = [100, 200].map((first) => signSegment(LOG, one, numberedRecords(first, 2)));
  const evidence = evidenceOf(two as SignedSegment, other as SignedSegment);
  const before = (events: number) => [signSegment(LOG, undefined, numberedRecords(50, events))];
  // The segment between has three records; from here it might have one.
  expect(compare(before(6), evidence)).toBe('shorter');
  expect(compare(before(7), evidence)).toBe('no');
});

test('a segment that is stated to begin elsewhere moves nothing', () => {
  for (const firstSeq of [2, 9]) {
    const moved = signSegment(LOG, ZERO, numberedRecords(5, 3), { firstSeq });
    expect(compare([ZERO], evidenceOf(open(3), moved))).toBe('yes');
  }
});

test('what cannot be read decides nothing', () => {
  expect(compare([ZERO, branch(6, 100)], EVIDENCE, false)).toBe('unknown');
});
