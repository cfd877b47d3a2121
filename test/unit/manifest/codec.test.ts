import { describe, expect, test } from 'vitest';
import { canonicalBytes } from '../../../protocol/bytes/index.ts';
import {
  decodeManifest,
  encodeManifest,
  MANIFEST_BYTES_MAX,
  type ManifestBody,
  SEGMENT_INDEX_MAX,
  signManifest,
} from '../../../protocol/manifest/index.ts';
import { SEGMENT_LIMITS } from '../../../protocol/segment/index.ts';
import { numberedRecords, signRange, testLog } from '../../support/test-log.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const LOG = testLog(1);
const { signature: _, ...BODY } = signRange(LOG, undefined, numberedRecords(1, 1)).manifest;

describe('at the limit and one past it', () => {
  const limits: readonly (readonly [string, Partial<ManifestBody>, Partial<ManifestBody>])[] = [
    ['segment', { segment: SEGMENT_INDEX_MAX }, { segment: SEGMENT_INDEX_MAX + 1 }],
    ['fewest events', { events: 1 }, { events: 0 }],
    [
      'most events',
      { events: SEGMENT_LIMITS.eventsMax, bytes: SEGMENT_LIMITS.bytesMax },
      { events: SEGMENT_LIMITS.eventsMax + 1, bytes: SEGMENT_LIMITS.bytesMax },
    ],
    ['bytes', { bytes: SEGMENT_LIMITS.bytesMax }, { bytes: SEGMENT_LIMITS.bytesMax + 1 }],
    ['a byte for each record', { events: 9, bytes: 9 }, { events: 9, bytes: 8 }],
    ['first seq', { firstSeq: 1 }, { firstSeq: 0 }],
    [
      'last seq',
      { firstSeq: Number.MAX_SAFE_INTEGER - 8, events: 9, bytes: 9 },
      { firstSeq: Number.MAX_SAFE_INTEGER - 7, events: 9, bytes: 9 },
    ],
    ['createdAt', { createdAt: 8.64e15 }, { createdAt: 8.64e15 + 1 }],
  ];

  test.each(limits)('%s', (_name, atLimit, past) => {
    const manifest = signManifest(LOG.signer, { ...BODY, ...atLimit });
    expect(decodeManifest(encodeManifest(manifest))).toEqual({ ok: true, value: manifest });
    expect(() => signManifest(LOG.signer, { ...BODY, ...past })).toThrow(
      expect.objectContaining({ name: 'SmoError', code: 'bad_manifest' }),
    );
  });

  test('the bytes of a manifest', () => {
    const unknown = (size: number) => {
      const manifest = { ...signManifest(LOG.signer, BODY), unknown: '' };
      const spare = size - canonicalBytes(manifest).length;
      return canonicalBytes({ ...manifest, unknown: 'x'.repeat(spare) });
    };
    const atLimit = decodeManifest(unknown(MANIFEST_BYTES_MAX));
    const past = decodeManifest(unknown(MANIFEST_BYTES_MAX + 1));
    expect(atLimit).toMatchObject({ fault: { message: expect.stringContaining('unknown member') } });
    expect(past).toMatchObject({ fault: { message: expect.stringContaining('4097 bytes') } });
  });
});

test.each(Object.keys({ ...BODY, signature: '' }))('a manifest without %s is refused', (member) => {
  const manifest: Record<string, unknown> = { ...signManifest(LOG.signer, BODY) };
  delete manifest[member];
  const bytes = new TextEncoder().encode(JSON.stringify(sorted(manifest)));
  expect(decodeManifest(bytes)).toMatchObject({ ok: false, fault: { code: 'bad_manifest' } });
});

test('a device signs for its own logs alone', () => {
  const other = numberedSigner(2);
  const refused = expect.objectContaining({ name: 'SmoError', code: 'unknown_key' });
  expect(() => signManifest(other, BODY)).toThrow(refused);
  expect(() => signManifest(other, { ...BODY, keyId: other.device })).toThrow(refused);
  expect(() => signManifest(LOG.signer, { ...BODY, keyId: other.device })).toThrow(refused);
});

/** Only the outermost keys: those of `algo` are in order already. */
const sorted = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
