import { describe, expect, test } from 'vitest';
import { EVENT_LIMITS, eventIdFromLeaf, leafHash } from '../../../protocol/event/index.ts';
import {
  type Manifest,
  spaceIdFromLeaf,
  verifyManifest,
  verifyRange,
  verifySegment,
  verifySuccession,
} from '../../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { merkleRoot, treeRoot } from '../../../protocol/segment/index.ts';
import {
  numberedRecords,
  type SignedRange,
  signRange,
  TEST_SPACE as space,
  testLog,
} from '../../support/test-log.ts';

const LOG = testLog(1);
const FIRST = signRange(LOG, undefined, numberedRecords(1, 3));
const GROWN = signRange(LOG, FIRST.tail, numberedRecords(4, 2));
const SEALED = signRange(LOG, GROWN.tail, [], { sealed: true });
const SECOND = signRange(LOG, SEALED.tail, numberedRecords(6, 4), { sealed: true });

const OTHER_SPACE = spaceIdFromLeaf(new Uint8Array(32));

const rangeAfter = (before: SignedRange | undefined, range: SignedRange) =>
  verifyRange(crypto, { space, ...range, tail: before?.tail });

const refusal = (code: string, ...words: readonly string[]) => ({
  ok: false,
  fault: { code, message: expect.stringMatching(words.join('.*')) },
});

describe('succession', () => {
  const accepted: readonly (readonly [string, Manifest | undefined, Manifest])[] = [
    ['a head begins a log', undefined, FIRST.manifest],
    ['a sealed segment begins a log', undefined, SEALED.manifest],
    ['a head grows', FIRST.manifest, GROWN.manifest],
    ['a head is signed again', GROWN.manifest, GROWN.manifest],
    ['a head is sealed', GROWN.manifest, SEALED.manifest],
    ['a head grows and is sealed at once', FIRST.manifest, SEALED.manifest],
    ['a segment follows a sealed one', SEALED.manifest, SECOND.manifest],
  ];
  test.each(accepted)('%s', (_, tail, next) => {
    expect(verifySuccession(crypto, tail, next)).toEqual({ ok: true, value: next });
  });

  const refused: readonly (readonly [string, Manifest | undefined, Manifest, string])[] = [
    ['a log begins with its second segment', undefined, SECOND.manifest, 'order_violation'],
    ['a head shrinks', GROWN.manifest, FIRST.manifest, 'order_violation'],
    ['a sealed segment is sealed again', SEALED.manifest, SEALED.manifest, 'order_violation'],
    ['a sealed segment opens again', SEALED.manifest, GROWN.manifest, 'order_violation'],
    ['a segment follows an open one', GROWN.manifest, SECOND.manifest, 'order_violation'],
    ['a log goes back a segment', SECOND.manifest, SEALED.manifest, 'order_violation'],
    [
      'a head of the same segment begins elsewhere',
      FIRST.manifest,
      { ...GROWN.manifest, firstSeq: 2 },
      'order_violation',
    ],
    [
      'a head of the same segment has another past',
      FIRST.manifest,
      { ...GROWN.manifest, prev: FIRST.manifest.root },
      'chain_break',
    ],
    [
      'the sealed segment before was another',
      { ...SEALED.manifest, events: 5, root: FIRST.manifest.root },
      SECOND.manifest,
      'chain_break',
    ],
    [
      'it is the log of another incarnation',
      FIRST.manifest,
      { ...GROWN.manifest, origin: testLog(1, 'bbbbbbbb').origin },
      'order_violation',
    ],
    [
      'it is the log of another space',
      FIRST.manifest,
      { ...GROWN.manifest, space: OTHER_SPACE },
      'order_violation',
    ],
  ];
  test.each(refused)('not: %s', (_, tail, next, code) => {
    expect(verifySuccession(crypto, tail, next)).toMatchObject({ ok: false, fault: { code } });
  });
});

describe('ranges', () => {
  test('a verified range gives ids and the tree after it', () => {
    const verdict = rangeAfter(FIRST, GROWN);
    if (!verdict.ok) throw new Error(verdict.fault.message);
    const records = [...FIRST.records, ...GROWN.records];
    const leaves = records.map((record, i) => leafHash(crypto, LOG.origin, 1 + i, record));
    expect(verdict.value).toMatchObject({ manifest: GROWN.manifest, firstSeq: 4, records: GROWN.records });
    expect(verdict.value.ids).toEqual(leaves.slice(3).map(eventIdFromLeaf));
    expect(verdict.value.tree.peaks).toEqual(GROWN.tail.peaks);
    expect(treeRoot(crypto, verdict.value.tree)).toEqual(merkleRoot(crypto, leaves));
  });

  test('a damaged tail is the fault of the own store, never of the sender', () => {
    const damaged = expect.objectContaining({ name: 'SmoError', code: 'tail_damaged' });
    const [first = new Uint8Array(), ...rest] = FIRST.tail.peaks;
    const flipped = first.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
    for (const peaks of [[], rest, [flipped, ...rest], [...FIRST.tail.peaks, first]]) {
      const before = { ...FIRST, tail: { ...FIRST.tail, peaks } };
      expect(() => rangeAfter(before, GROWN)).toThrow(damaged);
    }
  });

  test('the peaks of a sealed tail are not needed', () => {
    const before = { ...SEALED, tail: { ...SEALED.tail, peaks: [] } };
    expect(rangeAfter(before, SECOND).ok).toBe(true);
  });

  test('a record is at most as large as a record may be', () => {
    const largest = new Uint8Array(EVENT_LIMITS.recordBytesMax);
    expect(rangeAfter(undefined, signRange(LOG, undefined, [largest])).ok).toBe(true);
    const larger = signRange(LOG, undefined, [new Uint8Array(largest.length + 1)]);
    expect(rangeAfter(undefined, larger)).toMatchObject(refusal('bytes_mismatch', 'record 1', '262145'));
  });

  test('messages name the segment, the log, and what was expected and found', () => {
    const log = `segment 0 of log ….{6}\\.aaaaaaaa`;
    const late = verifyRange(crypto, { space, ...GROWN, tail: FIRST.tail, firstSeq: 5 });
    expect(late).toMatchObject(refusal('count_mismatch', log, 'seq 5', 'seq 4'));
    const few = verifyRange(crypto, { space, ...FIRST, tail: undefined, records: [] });
    expect(few).toMatchObject(refusal('count_mismatch', log, '3 records', 'not 0'));
    const other = verifyRange(crypto, { space, ...GROWN, tail: FIRST.tail, records: numberedRecords(7, 2) });
    expect(other).toMatchObject(refusal('root_mismatch', log, 'seqs 1 to 5', GROWN.manifest.root));
    const unsigned = { ...FIRST.manifest, signature: GROWN.manifest.signature };
    const bad = verifyManifest(crypto, unsigned, { space });
    expect(bad).toMatchObject(refusal('bad_signature', log, LOG.signer.device));
  });
});

describe('whole segments', () => {
  const records = [...FIRST.records, ...GROWN.records];

  test('the first one, open or sealed, and one after it', () => {
    for (const { manifest } of [GROWN, SEALED]) {
      expect(verifySegment(crypto, { space, previous: undefined, manifest, records }).ok).toBe(true);
    }
    const second = { space, previous: SEALED.manifest, manifest: SECOND.manifest, records: SECOND.records };
    expect(verifySegment(crypto, second)).toMatchObject({ ok: true, value: { firstSeq: 6 } });
  });

  test('a segment after one that is not sealed breaks the order', () => {
    const second = { space, previous: GROWN.manifest, manifest: SECOND.manifest, records: SECOND.records };
    expect(verifySegment(crypto, second)).toMatchObject(refusal('order_violation', 'segment 1'));
    const same = { space, previous: FIRST.manifest, manifest: GROWN.manifest, records };
    expect(verifySegment(crypto, same)).toMatchObject(refusal('order_violation', 'segment 0'));
  });

  test('a part of a segment is not the whole', () => {
    const claim = { space, previous: undefined, manifest: SEALED.manifest, records: records.slice(1) };
    expect(verifySegment(crypto, claim)).toMatchObject(refusal('count_mismatch', '5 records', 'not 4'));
  });

  test('a damaged record shows in the root', () => {
    const damaged = records.map((record, i) => (i === 2 ? record.map((byte) => byte ^ 0x20) : record));
    const claim = { space, previous: undefined, manifest: SEALED.manifest, records: damaged };
    expect(verifySegment(crypto, claim)).toMatchObject(refusal('root_mismatch', 'segment 0', 'seqs 1 to 5'));
  });
});
