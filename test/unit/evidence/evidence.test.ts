import { describe, expect, test } from 'vitest';
import {
  buildEvidence,
  decodeEvidence,
  EVIDENCE_BYTES_MAX,
  encodeEvidence,
  verifyEvidence,
} from '../../../protocol/evidence/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { forkedRecords, type SignedSegment, signSegment } from '../../support/forked-log.ts';
import { numberedRecords, TEST_SPACE, testLog } from '../../support/test-log.ts';

const LOG = testLog();
const BEFORE = signSegment(LOG, undefined, numberedRecords(1, 3), { sealed: true });

const forkOf = (a: SignedSegment, b: SignedSegment): number | string => {
  const evidence = buildEvidence(crypto, TEST_SPACE, a, b);
  if (!evidence.ok) return evidence.fault.code;
  const decoded = decodeEvidence(encodeEvidence(evidence.value));
  if (!decoded.ok) return decoded.fault.code;
  expect(decoded.value).toEqual(evidence.value);
  const fork = verifyEvidence(crypto, TEST_SPACE, decoded.value);
  return fork.ok ? fork.value.seq : fork.fault.code;
};

describe('evidence about one segment', () => {
  test('the same count with different records', () => {
    const [one, two] = forkedRecords(4, 7, 7);
    expect(forkOf(signSegment(LOG, BEFORE, one), signSegment(LOG, BEFORE, two))).toBe(8);
  });

  test('different counts, the shorter being no beginning of the longer', () => {
    const [one, two] = forkedRecords(4, 5, 9);
    expect(forkOf(signSegment(LOG, BEFORE, two), signSegment(LOG, BEFORE, one))).toBe(8);
  });

  test('a sealed segment that goes on', () => {
    const closed = signSegment(LOG, BEFORE, numberedRecords(1, 5), { sealed: true });
    const open = signSegment(LOG, BEFORE, numberedRecords(1, 6));
    expect(forkOf(closed, open)).toBe(9);
  });

  test('a segment that begins at two seqs', () => {
    const one = signSegment(LOG, BEFORE, numberedRecords(1, 5));
    const two = signSegment(LOG, BEFORE, numberedRecords(1, 5), { firstSeq: 6 });
    expect(forkOf(one, two)).toBe(4);
  });

  test('an open segment that goes on is one history', () => {
    const head = signSegment(LOG, BEFORE, numberedRecords(1, 5));
    const grown = signSegment(LOG, BEFORE, numberedRecords(1, 9), { sealed: true });
    expect(forkOf(head, grown)).toBe('no_contradiction');
    expect(forkOf(head, head)).toBe('no_contradiction');
  });
});

describe('limits', () => {
  test('a path in the largest segment has ten hashes on one side', () => {
    const records = numberedRecords(1, 1024);
    const one = signSegment(LOG, BEFORE, records);
    const two = signSegment(LOG, BEFORE, [...records.slice(0, -1), ...numberedRecords(2000, 1)]);
    expect(forkOf(one, two)).toBe(1027);
    const evidence = buildEvidence(crypto, TEST_SPACE, one, two);
    if (!evidence.ok || evidence.value.proof === undefined) throw new Error('no evidence');
    expect(evidence.value.proof.peaks).toHaveLength(10);
    const peaks = [...evidence.value.proof.peaks, ...evidence.value.proof.peaks.slice(1)];
    const past = { ...evidence.value, proof: { ...evidence.value.proof, peaks } };
    expect(decodeEvidence(encodeEvidence(past))).toMatchObject({ fault: { code: 'bad_evidence' } });
  });

  test('text at the limit is read, one byte more is not looked at', () => {
    const text = (bytes: number) => new TextEncoder().encode(JSON.stringify('x'.repeat(bytes - 2)));
    const messageOf = (bytes: number) => {
      const verdict = decodeEvidence(text(bytes));
      return verdict.ok ? '' : verdict.fault.message;
    };
    expect(messageOf(EVIDENCE_BYTES_MAX)).toContain('not a JSON object');
    expect(messageOf(EVIDENCE_BYTES_MAX + 1)).toContain('the limit is');
  });
});

test('too little is known of the histories', () => {
  const [one, two] = forkedRecords(4, 7, 7);
  const first = signSegment(LOG, BEFORE, one);
  const { manifest } = signSegment(LOG, BEFORE, two);
  expect(buildEvidence(crypto, TEST_SPACE, first, { manifest })).toMatchObject({
    fault: { code: 'bad_proof' },
  });
});
