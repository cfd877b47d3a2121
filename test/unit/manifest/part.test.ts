import { describe, expect, it } from 'vitest';
import { signPart, verifyRange } from '../../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { numberedRecords, signRange, TEST_SPACE, testLog } from '../../support/test-log.ts';

const log = testLog();
const sealed = signRange(log, undefined, numberedRecords(1, 5), { sealed: true });
const open = signRange(log, sealed.tail, numberedRecords(6, 13));
const NOW_MS = 1_800_000_000_000;

const part = (records: readonly Uint8Array[], tail = open.tail, segment = open.manifest) =>
  signPart(crypto, log.signer, { segment, records, tail }, NOW_MS);

describe('a head over the first records of a segment', () => {
  it.each([1, 7, 8, 12])('is taken by whoever lacks the segment: %i records', (count) => {
    const records = numberedRecords(6, count);
    const head = part(records) ?? expect.fail('nothing was signed');
    const claim = { space: TEST_SPACE, tail: sealed.tail, manifest: head, firstSeq: 6, records };
    expect(verifyRange(crypto, claim)).toMatchObject({ ok: true });
    expect(head).toMatchObject({ events: count, sealed: false, createdAt: NOW_MS });
  });

  it('leads on to the whole segment', () => {
    const records = numberedRecords(6, 9);
    const head = part(records) ?? expect.fail('nothing was signed');
    const held = signRange(log, sealed.tail, records);
    const rest = {
      space: TEST_SPACE,
      tail: { manifest: head, peaks: held.tail.peaks },
      manifest: open.manifest,
      firstSeq: 15,
      records: numberedRecords(15, 4),
    };
    expect(verifyRange(crypto, rest)).toMatchObject({ ok: true });
  });

  it('is not signed over nothing', () => {
    expect(part([])).toBeUndefined();
  });

  it('is not signed over others than the peaks of the log are made of', () => {
    const others = [...numberedRecords(6, 3), ...numberedRecords(100, 1), ...numberedRecords(10, 4)];
    expect(part(others)).toBeUndefined();
    // Of so few of them the peaks say nothing.
    expect(part(others.slice(0, 4))).toBeDefined();
  });

  it('is not signed where the peaks are damaged, if they are those of the segment', () => {
    const damaged = { ...open.tail, peaks: open.tail.peaks.map((peak) => peak.map((byte) => byte ^ 1)) };
    expect(part(numberedRecords(6, 2), damaged)).toBeUndefined();
    const records = numberedRecords(1, 2);
    expect(part(records, damaged, sealed.manifest)).toMatchObject({ segment: 0, events: 2 });
  });
});
