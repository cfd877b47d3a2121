import { describe, expect, it } from 'vitest';
import { leafHash } from '../../../protocol/event/index.ts';
import { verifyEvidence } from '../../../protocol/evidence/index.ts';
import { formatHash, type ManifestBody } from '../../../protocol/manifest/index.ts';
import { merkleRoot } from '../../../protocol/segment/index.ts';
import { heal, investigate } from '../../../protocol/sync/index.ts';
import { fastCrypto as crypto } from '../../support/fast-crypto.ts';
import { contextOf, HeldHistory, honest, runInquiry } from '../../support/held-history.ts';
import { LOG } from '../../support/inquired-log.ts';
import { numberedRecords, signRange, TEST_SPACE } from '../../support/test-log.ts';

const { origin } = LOG;

/**
 * A log of a million records of which only the records of one segment are there: 1,000 segments of 1,024. The
 * roots of the others are made up; they are signed like any.
 */
const largeLog = (segment: number, spoilt?: number): HeldHistory => {
  const held = new HeldHistory();
  const firstSeq = segment * 1024 + 1;
  const records = numberedRecords(firstSeq, 1024);
  if (spoilt !== undefined) records[spoilt - firstSeq]?.fill(1);
  const leaves = records.map((record, i) => leafHash(crypto, origin, firstSeq + i, record));
  let tail: ReturnType<typeof signRange>['tail'] | undefined;
  for (let k = 0; k < 1000; k += 1) {
    // From the fork on, everything is another history.
    const isOther = spoilt !== undefined && k > segment;
    const made = crypto.sha256(Uint8Array.of(k >> 8, k, isOther ? 1 : 0));
    const root = k === segment ? merkleRoot(crypto, leaves) : made;
    const stated: Partial<ManifestBody> = {
      root: formatHash(root),
      events: 1024,
      bytes: k === segment ? records.reduce((sum, { length }) => sum + length, 0) : 1024,
      sealed: true,
    };
    const { manifest } = signRange(LOG, tail, [Uint8Array.of(0)], stated);
    tail = { manifest, peaks: [] };
    held.manifests.push(manifest);
  }
  for (const [i, record] of records.entries()) held.records[firstSeq - 1 + i] = record;
  return held;
};

describe('one record among a million', () => {
  const [segment, seq] = [618, 618 * 1024 + 700];
  const whole = largeLog(segment);

  it('that was forked is found with less than 4 KiB of hashes', () => {
    const other = largeLog(segment, seq);
    const { result, hashBytes, asks } = runInquiry(investigate(contextOf(whole), origin), honest(other));
    if (result.type !== 'evidence') throw new Error(result.type);
    expect(verifyEvidence(crypto, TEST_SPACE, result.evidence)).toMatchObject({ value: { seq } });
    expect(hashBytes).toBeLessThan(4096);
    expect(asks).toBe(3 + 1 + 3);
  });

  it.each([
    [true, 36],
    [false, 0],
  ])(
    'that is damaged is healed with few hashes and its own bytes (readable: %s, hashes: %i)',
    (readable, hashes) => {
      const damaged = new HeldHistory();
      damaged.manifests.push(...whole.manifests);
      for (const [i, record] of whole.records.entries()) damaged.records[i] = record;
      const lost = whole.records[seq - 1]?.length ?? 0;
      if (readable) damaged.spoil(seq);
      else damaged.records[seq - 1] = undefined;
      const { result, hashBytes, recordBytes } = runInquiry(
        heal(contextOf(damaged), origin, segment),
        honest(whole),
      );
      expect(result.type).toBe('restored');
      expect({ hashBytes, recordBytes }).toEqual({ hashBytes: hashes * 32, recordBytes: lost });
    },
  );
});
