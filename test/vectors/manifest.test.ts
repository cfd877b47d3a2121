import { expect, test } from 'vitest';
import { type DeviceId, publicKeyOf } from '../../protocol/crypto/index.ts';
import type { Verdict } from '../../protocol/fault/index.ts';
import {
  commitmentOf,
  decodeManifest,
  encodeManifest,
  formatHash,
  type ManifestFault,
  type SpaceId,
  type VerifiedRange,
  type VerifiedTail,
  verifyRange,
} from '../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';
import {
  referenceBase32,
  referenceLeaf,
  referenceRoot,
  referenceSign,
  referenceVerify,
} from '../support/reference.ts';

interface RangeVector extends Vector {
  readonly tail: { readonly manifest: string; readonly peaks: readonly string[] } | null;
  readonly manifest: string;
  readonly firstSeq: number;
  readonly records: readonly string[];
}

interface ManifestVectors {
  readonly seed: string;
  readonly space: SpaceId;
  readonly valid: readonly (RangeVector & {
    readonly ids: readonly string[];
    readonly peaks: readonly string[];
    readonly commitment: string;
  })[];
  readonly invalid: readonly (RangeVector & { readonly code: ManifestFault })[];
}

const { seed, space, valid, invalid } = readVectors<ManifestVectors>('manifest');

const tailOf = (tail: RangeVector['tail']): VerifiedTail | undefined => {
  if (tail === null) return undefined;
  const manifest = decodeManifest(Buffer.from(tail.manifest));
  if (!manifest.ok) throw new Error(manifest.fault.message);
  return { manifest: manifest.value, peaks: tail.peaks.map(fromHex) };
};

const verdictOn = (vector: RangeVector): Verdict<VerifiedRange, ManifestFault> => {
  const manifest = decodeManifest(Buffer.from(vector.manifest));
  if (!manifest.ok) return manifest;
  const { firstSeq } = vector;
  const records = vector.records.map(fromHex);
  return verifyRange(crypto, {
    space,
    tail: tailOf(vector.tail),
    manifest: manifest.value,
    firstSeq,
    records,
  });
};

test.each(valid)('a range: $comment', (vector) => {
  const verdict = verdictOn(vector);
  if (!verdict.ok) throw new Error(verdict.fault.message);
  const { manifest, ids, tree, firstSeq } = verdict.value;
  expect(ids).toEqual(vector.ids);
  expect(tree.peaks.map(toHex)).toEqual(vector.peaks);
  expect(firstSeq).toBe(vector.firstSeq);
  expect(formatHash(commitmentOf(crypto, manifest))).toBe(vector.commitment);
  expect(toHex(encodeManifest(manifest))).toBe(toHex(Buffer.from(vector.manifest)));
});

test.each(valid)('an independent signature and ids: $comment', ({ manifest, firstSeq, records, ids }) => {
  const { keyId, origin, signature, ...rest } = JSON.parse(manifest);
  const unsigned = Buffer.from(manifest.replace(signature, ''));
  expect(Object.keys(rest)).not.toContain('signature');
  expect(referenceSign(fromHex(seed), unsigned).toString('base64')).toBe(signature);
  expect(referenceVerify(publicKeyOf(keyId as DeviceId), unsigned, Buffer.from(signature, 'base64'))).toBe(
    true,
  );
  const leaves = records.map((record, i) => referenceLeaf(origin, firstSeq + i, fromHex(record)));
  expect(leaves.map((leaf) => `ev1${referenceBase32(leaf)}`)).toEqual(ids);
  // A range from the start of its segment holds every leaf under the root.
  if (records.length === rest.events) expect(`sha256:${toHex(referenceRoot(leaves))}`).toBe(rest.root);
});

test.each(invalid)('a range is refused as $code: $comment', (vector) => {
  expect(verdictOn(vector)).toMatchObject({ ok: false, fault: { code: vector.code } });
});

test('every code has a vector', () => {
  const codes: Record<ManifestFault, true> = {
    unsupported_version: true,
    unsupported_algo: true,
    bad_root_format: true,
    bad_manifest: true,
    root_mismatch: true,
    count_mismatch: true,
    bytes_mismatch: true,
    bad_signature: true,
    unknown_key: true,
    chain_break: true,
    wrong_space: true,
    order_violation: true,
  };
  expect(new Set(invalid.map(({ code }) => code))).toEqual(new Set(Object.keys(codes)));
});
