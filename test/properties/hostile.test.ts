import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalBytes, type JsonValue } from '../../protocol/bytes/index.ts';
import { decodeRecord, encodeRecord } from '../../protocol/event/index.ts';
import {
  decodeManifest,
  encodeManifest,
  verifyManifest,
  verifySuccession,
} from '../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { numberedRecords, signRange, TEST_SPACE as space, testLog } from '../support/test-log.ts';

const { manifest } = signRange(testLog(1), undefined, numberedRecords(1, 3));

const BODY = {
  actor: 'a',
  entityId: 'e',
  payload: { id: 'r' },
  timestamp: 1,
  type: 'plos.core/RelationAdded',
};

/** Any JSON value in place of one or two members, or added to them. */
const mutated = (base: object): fc.Arbitrary<Uint8Array> => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(base), 'seen', 'source', '__proto__'), fc.string());
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.maxSafeInteger()) as fc.Arbitrary<JsonValue>;
  return fc
    .array(fc.tuple(name, value), { minLength: 1, maxLength: 2 })
    .map((entries) => Object.fromEntries([...Object.entries(base), ...entries]))
    .filter((object) => !JSON.stringify(object).includes('\\ud') && isEncodable(object))
    .map(canonicalBytes);
};

const isEncodable = (object: JsonValue): boolean => {
  try {
    return canonicalBytes(object).length > 0;
  } catch {
    return false;
  }
};

/** One bit of good bytes turned over. */
const flipped = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.nat(bytes.length * 8 - 1).map((bit) => {
    const copy = Uint8Array.from(bytes);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy;
  });

test('decodeRecord gives a verdict on any bytes, and accepts only what it would write', () => {
  const good = encodeRecord(BODY);
  const withCodec = mutated(BODY).map((json) => Uint8Array.from([0, ...json]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), flipped(good), withCodec), (bytes) => {
      const verdict = decodeRecord(bytes);
      if (verdict.ok) expect(encodeRecord(verdict.value)).toEqual(bytes);
      else expect(verdict.fault.code).toMatch(/^record_/);
    }),
    { numRuns: 500 },
  );
});

test('decodeManifest gives a verdict on any bytes, and what it accepts can be verified and placed', () => {
  const good = encodeManifest(manifest);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), flipped(good), mutated(manifest)), (bytes) => {
      const verdict = decodeManifest(bytes);
      if (!verdict.ok) {
        expect(verdict.fault.message).not.toBe('');
        return;
      }
      expect(encodeManifest(verdict.value)).toEqual(bytes);
      const isOriginal = Buffer.from(bytes).equals(good);
      expect(verifyManifest(crypto, verdict.value, { space }).ok).toBe(isOriginal);
      for (const tail of [undefined, manifest, { ...manifest, sealed: true }]) {
        expect(typeof verifySuccession(crypto, tail, verdict.value).ok).toBe('boolean');
        expect(typeof verifySuccession(crypto, verdict.value, manifest).ok).toBe('boolean');
      }
    }),
    { numRuns: 300 },
  );
});
