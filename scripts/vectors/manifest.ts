import { base64, canonicalText, type JsonObject } from '../../protocol/bytes/index.ts';
import {
  commitmentOf,
  encodeManifest,
  formatHash,
  type Manifest,
  type ManifestFault,
  type SpaceId,
  spaceIdFromLeaf,
  type VerifiedTail,
  verifyRange,
} from '../../protocol/manifest/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import {
  numberedRecords,
  type SignedRange,
  signRange,
  TEST_SPACE,
  testLog,
} from '../../test/support/test-log.ts';
import { hex } from './hex.ts';

/** The number of the test device; its seed is this byte, 32 times. */
const DEVICE = 1;
const LOG = testLog(DEVICE);
const OTHER_SPACE: SpaceId = spaceIdFromLeaf(new Uint8Array(32).fill(0xa5));

const FIRST = signRange(LOG, undefined, numberedRecords(1, 3));
const GROWN = signRange(LOG, FIRST.tail, numberedRecords(4, 2));
const SEALED = signRange(LOG, GROWN.tail, [], { sealed: true });
const SECOND = signRange(LOG, SEALED.tail, numberedRecords(6, 4), { sealed: true });

/** A manifest with other members, of any type, and a signature that fits them. */
const resigned = ({ manifest }: SignedRange, members: JsonObject, by = LOG.signer): string => {
  const body: JsonObject = { ...manifest, ...members, signature: '' };
  const signature = base64.encode(by.sign(new TextEncoder().encode(canonicalText(body))));
  return canonicalText({
    ...body,
    signature,
    ...('signature' in members ? { signature: members.signature } : {}),
  });
};

const textOf = (manifest: Manifest): string => new TextDecoder().decode(encodeManifest(manifest));

const tailOf = (tail: VerifiedTail | undefined) =>
  tail === undefined ? null : { manifest: textOf(tail.manifest), peaks: tail.peaks.map(hex) };

const valid = (comment: string, before: SignedRange | undefined, range: SignedRange) => {
  const tail = before?.tail;
  const verdict = verifyRange(portableCrypto, { space: TEST_SPACE, ...range, tail });
  if (!verdict.ok) throw new Error(`${comment}: ${verdict.fault.message}`);
  return {
    comment,
    tail: tailOf(tail),
    manifest: textOf(range.manifest),
    firstSeq: range.firstSeq,
    records: range.records.map(hex),
    ids: verdict.value.ids,
    peaks: verdict.value.tree.peaks.map(hex),
    commitment: formatHash(commitmentOf(portableCrypto, range.manifest)),
  };
};

interface Invalid {
  readonly before?: SignedRange;
  readonly range?: SignedRange;
  /** The manifest's text, when it is not that of the range. */
  readonly manifest?: string;
  readonly firstSeq?: number;
  readonly records?: readonly Uint8Array[];
}

const invalid = (code: ManifestFault, comment: string, { before, range = FIRST, ...over }: Invalid) => ({
  comment,
  tail: tailOf(before?.tail),
  manifest: over.manifest ?? textOf(range.manifest),
  firstSeq: over.firstSeq ?? range.firstSeq,
  records: (over.records ?? range.records).map(hex),
  code,
});

/** A manifest alone whose one wrong thing is the given members. */
const misshapen = (code: ManifestFault, comment: string, members: JsonObject) =>
  invalid(code, comment, { manifest: resigned(FIRST, members) });

const SHORT_HASH = `sha256:${'0'.repeat(63)}`;
const ZERO_HASH = `sha256:${'0'.repeat(64)}`;

const misshapenOnes = () => [
  misshapen('unsupported_version', 'a later version', { version: '1.1.0' }),
  misshapen('unsupported_version', 'a later version with members of its own', { version: '2.0.0', extra: 1 }),
  misshapen('unsupported_algo', 'another hash', { algo: { ...FIRST.manifest.algo, hash: 'sha-512' } }),
  misshapen('unsupported_algo', 'one algorithm more', { algo: { ...FIRST.manifest.algo, zip: 'zstd' } }),
  misshapen('bad_root_format', 'a root of 63 digits', { root: SHORT_HASH }),
  misshapen('bad_root_format', 'a root in upper case', { root: FIRST.manifest.root.toUpperCase() }),
  misshapen('bad_root_format', 'a prev without its algorithm', { prev: '0'.repeat(64) }),
  misshapen('bad_root_format', 'a root that is no string', { root: 0 }),
  misshapen('bad_manifest', 'an unknown member', { extra: 1 }),
  misshapen('bad_manifest', 'a version that is no string', { version: 1 }),
  misshapen('bad_manifest', 'a null algo', { algo: null }),
  misshapen('bad_manifest', 'a space that is none', { space: 'home' }),
  misshapen('bad_manifest', 'an origin that is none', { origin: 'legacy' }),
  misshapen('bad_manifest', 'a key that is none', { keyId: 'me' }),
  misshapen('bad_manifest', 'a negative segment', { segment: -1 }),
  misshapen('bad_manifest', 'segment 2^32', { segment: 2 ** 32 }),
  misshapen('bad_manifest', 'seq 0', { firstSeq: 0 }),
  misshapen('bad_manifest', 'a last seq of 2^53', { firstSeq: Number.MAX_SAFE_INTEGER - 1 }),
  misshapen('bad_manifest', 'no events', { events: 0 }),
  misshapen('bad_manifest', 'half an event', { events: 1.5 }),
  misshapen('bad_manifest', '1,025 events', { events: 1025, bytes: 2000 }),
  misshapen('bad_manifest', 'fewer bytes than events', { bytes: 2 }),
  misshapen('bad_manifest', 'one byte past 1 MiB', { bytes: 1_048_577 }),
  misshapen('bad_manifest', 'a count as text', { events: '3' }),
  misshapen('bad_manifest', 'sealed as a number', { sealed: 1 }),
  misshapen('bad_manifest', 'signed before 1970', { createdAt: -1 }),
  misshapen('bad_manifest', 'signed after the end of the calendar', { createdAt: 8.64e15 + 1 }),
  misshapen('bad_manifest', 'an empty signature', { signature: '' }),
  misshapen('bad_manifest', 'a signature of 63 bytes', { signature: base64.encode(new Uint8Array(63)) }),
  misshapen('bad_manifest', 'more than 4 KiB', { extra: 'x'.repeat(4096) }),
  invalid('bad_manifest', 'white space', { manifest: `${textOf(FIRST.manifest)}\n` }),
  invalid('bad_manifest', 'an array', { manifest: '[]' }),
  invalid('bad_manifest', 'no JSON', { manifest: '' }),
];

const misplacedOnes = () => {
  const other = testLog(2);
  const { signature } = GROWN.manifest;
  return [
    misshapen('wrong_space', 'the manifest of another space', { space: OTHER_SPACE }),
    invalid('unknown_key', 'signed by a device that does not own the log', {
      manifest: resigned(FIRST, { keyId: other.signer.device }, other.signer),
    }),
    misshapen('bad_signature', 'the signature of another manifest', { signature }),
    invalid('bad_signature', 'a member changed after signing', {
      manifest: textOf({ ...FIRST.manifest, createdAt: FIRST.manifest.createdAt + 1 }),
    }),
    invalid('bad_signature', 'signed by another device in the name of the owner', {
      manifest: resigned(FIRST, {}, other.signer),
    }),
    misshapen('order_violation', 'a log that begins with segment 1', { segment: 1 }),
    misshapen('order_violation', 'a log that begins with seq 2', { firstSeq: 2 }),
    invalid('order_violation', 'an older head', { before: GROWN, range: FIRST }),
    invalid('order_violation', 'a head after its segment was sealed', { before: SEALED, range: GROWN }),
    invalid('order_violation', 'the next segment while this one is open', { before: GROWN, range: SECOND }),
    invalid('order_violation', 'a segment left out', {
      before: SEALED,
      range: SECOND,
      manifest: resigned(SECOND, { segment: 2 }),
    }),
    invalid('order_violation', 'a segment that leaves a seq out', {
      before: SEALED,
      range: SECOND,
      manifest: resigned(SECOND, { firstSeq: SECOND.firstSeq + 1 }),
    }),
    invalid('order_violation', 'another log', { before: signRange(other, undefined, numberedRecords(1, 1)) }),
    misshapen('chain_break', 'a first segment that follows something', {
      prev: formatHash(commitmentOf(portableCrypto, SEALED.manifest)),
    }),
    invalid('chain_break', 'a second segment that follows nothing', {
      before: SEALED,
      range: SECOND,
      manifest: resigned(SECOND, { prev: ZERO_HASH }),
    }),
  ];
};

const mismatchedOnes = () => {
  const [one, two, three] = FIRST.records as [Uint8Array, Uint8Array, Uint8Array];
  const long = numberedRecords(1234, 1);
  const empty = [one, two, new Uint8Array()];
  return [
    invalid('root_mismatch', 'a record changed', {
      records: [one, two, Uint8Array.from([...three].reverse())],
    }),
    invalid('root_mismatch', 'records swapped', { records: [two, one, three] }),
    misshapen('root_mismatch', 'a root of zeros', { root: ZERO_HASH }),
    invalid('root_mismatch', 'records of another history', {
      before: FIRST,
      range: GROWN,
      records: numberedRecords(8, 2),
    }),
    invalid('count_mismatch', 'a record too few', { records: [one, two] }),
    invalid('count_mismatch', 'a record too many', { records: [one, two, three, three] }),
    invalid('count_mismatch', 'records that overlap with those held', {
      before: FIRST,
      range: GROWN,
      firstSeq: 3,
      records: [three, ...GROWN.records],
    }),
    invalid('count_mismatch', 'a gap after the records held', {
      before: FIRST,
      range: GROWN,
      firstSeq: 5,
      records: GROWN.records.slice(1),
    }),
    invalid('bytes_mismatch', 'a longer record', { records: [one, two, ...long] }),
    invalid('bytes_mismatch', 'a record without bytes', {
      range: { ...FIRST, records: empty },
      manifest: resigned(FIRST, { bytes: one.length + two.length }),
    }),
  ];
};

export const manifestVectors = () => ({
  comment:
    'Manifests and the ranges under them. `seed` is the private key (Ed25519 seed, hex) of the device that signs: for tests only. `tail` is what is held of the log before: the newest manifest and the peaks of its tree (hex), or null. `valid`: what accepting gives. `invalid`: the one code that decoding the manifest, or verifying the records (hex) against tail and manifest, ends with.',
  seed: String(DEVICE).padStart(2, '0').repeat(32),
  space: TEST_SPACE,
  valid: [
    valid('the first head of a log', undefined, FIRST),
    valid('a head that grew', FIRST, GROWN),
    valid('the same head signed again', GROWN, signRange(LOG, GROWN.tail, [])),
    valid('a head sealed without new records', GROWN, SEALED),
    valid('the next segment, sealed at once', SEALED, SECOND),
    valid('a whole segment from nothing', undefined, {
      ...SEALED,
      firstSeq: 1,
      records: [...FIRST.records, ...GROWN.records],
    }),
  ],
  invalid: [...misshapenOnes(), ...misplacedOnes(), ...mismatchedOnes()],
});
