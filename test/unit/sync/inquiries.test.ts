import { describe, expect, it } from 'vitest';
import { leafHash } from '../../../protocol/event/index.ts';
import { verifyEvidence } from '../../../protocol/evidence/index.ts';
import {
  encodeManifest,
  formatHash,
  type Manifest,
  type ManifestBody,
  signManifest,
} from '../../../protocol/manifest/index.ts';
import { merkleRoot } from '../../../protocol/segment/index.ts';
import { type Answer, heal, type Inquiry, investigate, type Question } from '../../../protocol/sync/index.ts';
import { fastCrypto as crypto } from '../../support/fast-crypto.ts';
import { HeldHistory, honest, type InquiryRun, runInquiry } from '../../support/held-history.ts';
import { numberedRecords, signRange, TEST_SPACE, testLog } from '../../support/test-log.ts';

const LOG = testLog();
const { origin } = LOG;

/** Segments of 40 records; the last one is open. Records from `from` on are others. */
const history = (segments: number, from = Number.POSITIVE_INFINITY): HeldHistory =>
  HeldHistory.sign(
    LOG,
    Array.from({ length: segments }, (_, i) => ({
      records: numberedRecords(1 + i * 40, 40).map((record, at) =>
        1 + i * 40 + at < from ? record : Uint8Array.from([...record, 33]),
      ),
      sealed: i < segments - 1,
    })),
  );

const run = <Result>(
  inquiry: (context: Parameters<typeof investigate>[0]) => Inquiry<Result>,
  own: HeldHistory,
  answer: (question: Question) => Answer,
): InquiryRun<Result> => runInquiry(inquiry({ crypto, space: TEST_SPACE, logs: own }), answer);

const investigateWith = (own: HeldHistory, answer: (question: Question) => Answer) =>
  run((context) => investigate(context, origin), own, answer).result;

const healWith = (own: HeldHistory, segment: number, answer: (question: Question) => Answer) =>
  run((context) => heal(context, origin, segment), own, answer).result;

/** An honest remote that answers questions of one type in another way. */
const except = <T extends Question['type']>(
  remote: HeldHistory,
  type: T,
  change: (good: Extract<Answer, { type: T }>, question: Extract<Question, { type: T }>) => Answer,
) => {
  const answer = honest(remote);
  return (question: Question): Answer => {
    const good = answer(question);
    return question.type === type
      ? change(good as Extract<Answer, { type: T }>, question as Extract<Question, { type: T }>)
      : good;
  };
};

const ZERO = new Uint8Array(32);

describe('an investigation', () => {
  const [own, other] = [history(5), history(5, 100)];

  it('proves the fork and names its seq', () => {
    const result = investigateWith(own, honest(other));
    if (result.type !== 'evidence') throw new Error(result.type);
    expect(verifyEvidence(crypto, TEST_SPACE, result.evidence)).toEqual({
      ok: true,
      value: { origin, seq: 100 },
    });
  });

  it('finds nothing in a log that is not held, or that the remote does not hold', () => {
    expect(investigateWith(new HeldHistory(), honest(other))).toEqual({ type: 'agreed' });
    expect(investigateWith(own, honest(new HeldHistory()))).toEqual({ type: 'agreed' });
  });

  it('passes over a commitment that the remote cannot give', () => {
    const broken = history(5);
    broken.manifests[1] = undefined;
    expect(investigateWith(own, honest(broken))).toEqual({ type: 'agreed' });
  });

  it.each<[string, string, (question: Question) => Answer]>([
    ['bad_answer', 'an answer to another question', () => ({ type: 'records', records: [] })],
    [
      'bad_answer',
      'commitments that were not asked for',
      except(other, 'commitments', () => ({
        type: 'commitments',
        commitments: [{ segment: 77, commitment: ZERO }],
      })),
    ],
    [
      'bad_answer',
      'one commitment twice',
      except(other, 'commitments', ({ commitments }) => ({
        type: 'commitments',
        commitments: [...commitments.slice(0, 1), ...commitments],
      })),
    ],
    [
      'answer_contradicts',
      'histories that differ and then are equal again',
      except(own, 'commitments', ({ commitments }) => ({
        type: 'commitments',
        commitments: commitments.map((entry, i) => (i === 1 ? { ...entry, commitment: ZERO } : entry)),
      })),
    ],
    [
      'answer_contradicts',
      'a commitment that its own manifest does not make',
      except(own, 'commitments', ({ commitments }) => ({
        type: 'commitments',
        commitments: commitments.map((entry, i) => (i === 3 ? { ...entry, commitment: ZERO } : entry)),
      })),
    ],
    [
      'answer_contradicts',
      'a manifest that follows another history',
      except(other, 'commitments', (_, { segments }) => {
        const equal = honest(own)({ type: 'commitments', origin, segments });
        return equal;
      }),
    ],
    [
      'withheld',
      'no manifest where the histories differ',
      except(other, 'manifest', () => ({ type: 'manifest', manifest: undefined })),
    ],
    [
      'bad_answer',
      'the manifest of another segment',
      except(other, 'manifest', () => ({ type: 'manifest', manifest: bytesOf(other.manifests[0]) })),
    ],
    [
      'bad_manifest',
      'a manifest that is none',
      except(other, 'manifest', () => ({ type: 'manifest', manifest: ZERO })),
    ],
    [
      'bad_signature',
      'a manifest that its owner did not sign',
      except(other, 'manifest', ({ manifest }) => ({ type: 'manifest', manifest: unsigned(manifest) })),
    ],
    ['withheld', 'no tree', except(other, 'nodes', () => ({ type: 'nodes', hashes: [] }))],
    [
      'bad_answer',
      'fewer hashes than there are',
      except(other, 'nodes', ({ hashes }) => ({ type: 'nodes', hashes: hashes.slice(1) })),
    ],
    [
      'nodes_mismatch',
      'hashes of another tree',
      except(other, 'nodes', ({ hashes }) => ({ type: 'nodes', hashes: hashes.map(() => ZERO) })),
    ],
  ])('finds the remote at fault: %s, %s', (code, _, answer) => {
    expect(investigateWith(own, answer)).toMatchObject({ type: 'remote-fault', fault: { code } });
  });

  it('does not take a remote for an honest one that says the log differs and has lost where', () => {
    const broken = history(5, 50);
    broken.manifests[1] = undefined;
    expect(investigateWith(own, honest(broken))).toMatchObject({
      type: 'remote-fault',
      fault: { code: 'withheld' },
    });
  });

  it('finds records of the own store that are not what was signed', () => {
    const broken = history(5);
    broken.spoil(95);
    expect(investigateWith(broken, honest(other))).toEqual({
      type: 'own-damage',
      damage: { origin, segment: 2, manifest: false, seqs: [] },
    });
    broken.records[97] = undefined;
    expect(investigateWith(broken, honest(other))).toMatchObject({ damage: { seqs: [98] } });
  });

  it('finds a manifest of the own store that is missing or was never signed', () => {
    const damage = { origin, segment: 1, manifest: true, seqs: [] };
    const broken = history(5);
    broken.manifests[1] = undefined;
    expect(investigateWith(broken, honest(own))).toEqual({ type: 'own-damage', damage });
    const signed = own.manifests[1] as Manifest;
    broken.manifests[1] = { ...signed, root: formatHash(ZERO) };
    expect(investigateWith(broken, honest(own))).toEqual({ type: 'own-damage', damage });
    // Signed, but after another history.
    broken.manifests[1] = sign({ ...signed, prev: formatHash(ZERO) });
    expect(investigateWith(broken, honest(other))).toEqual({ type: 'own-damage', damage });
  });
});

const bytesOf = (manifest: Manifest | undefined): Uint8Array | undefined =>
  manifest && encodeManifest(manifest);

const unsigned = (manifest: Uint8Array | undefined): Uint8Array => {
  const json = JSON.parse(Buffer.from(manifest ?? []).toString());
  return encodeManifest({ ...json, createdAt: json.createdAt + 1 });
};

const sign = ({ signature: _, ...body }: Manifest): Manifest => signManifest(LOG.signer, body);

describe('healing', () => {
  const whole = history(3);
  const broken = (): HeldHistory => {
    const copy = history(3);
    copy.spoil(50);
    copy.records[60] = undefined;
    return copy;
  };
  const restored = {
    type: 'restored',
    manifest: whole.manifests[1],
    records: whole.records.slice(40, 80),
  };

  it('restores records that are missing and records that are wrong', () => {
    const { result, recordBytes } = run((context) => heal(context, origin, 1), broken(), honest(whole));
    expect(result).toEqual(restored);
    expect(recordBytes).toBe((whole.records[49]?.length ?? 0) + (whole.records[60]?.length ?? 0));
  });

  it('asks for no hashes of a segment of which nothing is left', () => {
    const empty = history(3);
    empty.records.fill(undefined);
    empty.manifests[1] = undefined;
    const { result, asks, hashBytes } = run((context) => heal(context, origin, 1), empty, honest(whole));
    expect(result).toEqual(restored);
    expect({ asks, hashBytes }).toEqual({ asks: 2, hashBytes: 0 });
  });

  it('leaves a whole segment alone', () => {
    expect(healWith(history(3), 1, honest(whole))).toEqual({ ...restored, type: 'intact' });
  });

  it('restores a manifest although the segment before it has lost its own', () => {
    const copy = history(3);
    copy.manifests[0] = undefined;
    copy.manifests[1] = undefined;
    expect(healWith(copy, 1, honest(whole))).toEqual(restored);
  });

  it('restores a manifest that was put in the place of another', () => {
    const copy = history(3);
    copy.manifests[1] = history(3, 1).manifests[1];
    expect(healWith(copy, 1, honest(whole))).toEqual(restored);
  });

  it('takes no open segment where another one follows', () => {
    const copy = history(3);
    copy.manifests[1] = undefined;
    const head = sign({ ...(whole.manifests[1] as Manifest), sealed: false });
    const answer = except(whole, 'manifest', () => ({ type: 'manifest', manifest: encodeManifest(head) }));
    expect(healWith(copy, 1, answer)).toMatchObject({ fault: { code: 'other_history' } });
  });

  it.each<[string, HeldHistory]>([
    ['withheld', new HeldHistory()],
    ['withheld', history(1)],
    ['other_history', history(3, 1)],
    ['other_history', history(3, 45)],
  ])('gets no help from a remote: %s', (code, remote) => {
    expect(healWith(broken(), 1, honest(remote))).toMatchObject({ type: 'no-help', fault: { code } });
    const copy = history(3);
    copy.manifests[1] = undefined;
    expect(healWith(copy, 1, honest(remote))).toMatchObject({ type: 'no-help', fault: { code } });
  });

  it('takes no first segment that follows something', () => {
    const copy = history(1);
    copy.manifests[0] = undefined;
    const signed = sign({
      ...(history(1).manifests[0] as Manifest),
      prev: formatHash(new Uint8Array(32).fill(1)),
    });
    const answer = except(whole, 'manifest', () => ({ type: 'manifest', manifest: encodeManifest(signed) }));
    expect(healWith(copy, 0, answer)).toMatchObject({ fault: { code: 'other_history' } });
  });

  it.each<[string, string, (question: Question) => Answer]>([
    [
      'record_mismatch',
      'other records than it has shown',
      except(whole, 'records', ({ records }) => ({
        type: 'records',
        records: records.map((record) => record.map((byte) => byte ^ 1)),
      })),
    ],
    [
      'record_mismatch',
      'a record without bytes',
      except(whole, 'records', () => ({ type: 'records', records: [new Uint8Array()] })),
    ],
    [
      'record_mismatch',
      'more bytes than the segment has',
      except(whole, 'records', () => ({ type: 'records', records: [new Uint8Array(1000)] })),
    ],
    [
      'bad_answer',
      'more records than were asked for',
      except(whole, 'records', ({ records }) => ({ type: 'records', records: [...records, ZERO] })),
    ],
    [
      'nodes_mismatch',
      'hashes that do not make one that it has shown',
      except(whole, 'nodes', ({ hashes }, { node }) => ({
        type: 'nodes',
        hashes: node.level > 4 ? hashes : hashes.toReversed(),
      })),
    ],
    [
      'bad_answer',
      'a manifest instead of hashes',
      except(whole, 'nodes', () => ({ type: 'manifest', manifest: ZERO })),
    ],
  ])('finds the remote at fault: %s, %s', (code, _, answer) => {
    expect(healWith(broken(), 1, answer)).toMatchObject({ type: 'remote-fault', fault: { code } });
  });

  it('goes on asking when an answer brings only some of the records', () => {
    const copy = history(3);
    copy.records.fill(undefined, 40, 80);
    const answer = except(whole, 'records', ({ records }) => ({
      type: 'records',
      records: records.slice(0, 7),
    }));
    const { result, asks } = run((context) => heal(context, origin, 1), copy, answer);
    expect(result).toEqual(restored);
    expect(asks).toBe(6);
  });

  it('gives up when an answer brings none', () => {
    const answer = except(whole, 'records', () => ({ type: 'records', records: [] }));
    expect(healWith(broken(), 1, answer)).toMatchObject({ type: 'no-help', fault: { code: 'withheld' } });
  });
});

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
    const inquiry = (context: Parameters<typeof investigate>[0]) => investigate(context, origin);
    const { result, hashBytes, asks } = run(inquiry, whole, honest(other));
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
      const inquiry = (context: Parameters<typeof investigate>[0]) => heal(context, origin, segment);
      const { result, hashBytes, recordBytes } = run(inquiry, damaged, honest(whole));
      expect(result.type).toBe('restored');
      expect({ hashBytes, recordBytes }).toEqual({ hashBytes: hashes * 32, recordBytes: lost });
    },
  );
});
