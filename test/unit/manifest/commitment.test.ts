import { expect, test } from 'vitest';
import {
  type CommitmentParts,
  commitment,
  commitmentOf,
  EMPTY_COMMITMENT,
  formatHash,
  parseHash,
  parseSpaceId,
  SEGMENT_INDEX_MAX,
  spaceIdFromLeaf,
} from '../../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { TEST_SPACE } from '../../support/test-log.ts';

const HASH = Uint8Array.from({ length: 32 }, (_, i) => i);
const TEXT = `sha256:${Buffer.from(HASH).toString('hex')}`;
const PARTS: CommitmentParts = { prev: EMPTY_COMMITMENT, segment: 0, firstSeq: 1, events: 1, root: HASH };

test.each<[string, Partial<CommitmentParts>]>([
  ['a segment past 32 bits', { segment: SEGMENT_INDEX_MAX + 1 }],
  ['a negative segment', { segment: -1 }],
  ['a seq beyond 2^53 - 1', { firstSeq: 2 ** 53 }],
  ['events past 32 bits', { events: 2 ** 32 }],
  ['half an event', { events: 0.5 }],
  ['a short prev', { prev: new Uint8Array(31) }],
  ['a long root', { root: new Uint8Array(33) }],
])('a commitment to %s is a bug', (_, over) => {
  expect(() => commitment(crypto, { ...PARTS, ...over })).toThrow(RangeError);
});

test('the commitment of a manifest is that of its parts', () => {
  const manifest = { ...PARTS, prev: formatHash(PARTS.prev), root: formatHash(PARTS.root) };
  expect(commitmentOf(crypto, manifest)).toEqual(commitment(crypto, PARTS));
  expect(() => commitmentOf(crypto, { ...manifest, root: 'sha256:' })).toThrow(TypeError);
});

test('hashes have one text', () => {
  expect(formatHash(HASH)).toBe(TEXT);
  expect(parseHash(TEXT)).toEqual(HASH);
  for (const bad of [
    '',
    TEXT.slice(7),
    TEXT.slice(0, -2),
    `${TEXT}00`,
    TEXT.toUpperCase(),
    TEXT.replace('00', '0g'),
  ]) {
    expect(parseHash(bad)).toBeUndefined();
  }
});

test('the id of a space is the base32 of a hash', () => {
  expect(parseSpaceId(TEST_SPACE)).toEqual({ ok: true, value: TEST_SPACE });
  expect(() => spaceIdFromLeaf(new Uint8Array(31))).toThrow(RangeError);
  for (const bad of [
    '',
    'home',
    TEST_SPACE.slice(1),
    `${TEST_SPACE}a`,
    TEST_SPACE.toUpperCase(),
    'b'.repeat(52),
  ]) {
    expect(parseSpaceId(bad)).toMatchObject({ ok: false, fault: { code: 'bad_space_id' } });
  }
});
