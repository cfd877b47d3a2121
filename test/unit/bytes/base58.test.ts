import { expect, test } from 'vitest';
import { base58Decode, base58Encode } from '../../../protocol/bytes/index.ts';
import { fromHex } from '../../support/read-vectors.ts';

/** Samples of the base58 draft (draft-msporny-base58, section 5), and leading zeros. */
const SAMPLES = [
  ['48656c6c6f20576f726c6421', '2NEpo7TZRRrLZSi2U'],
  ['0000287fb4cd', '11233QC4'],
  ['', ''],
  ['00', '1'],
  ['0000', '11'],
  ['ff', '5Q'],
] as const;

test.each(SAMPLES)('base58 of %s', (bytes, encoded) => {
  expect(base58Encode(fromHex(bytes))).toBe(encoded);
  expect(base58Decode(encoded)).toEqual(fromHex(bytes));
});

test.each(['0', 'O', 'I', 'l', ' ', '+', 'é'])('base58 has no "%s"', (char) => {
  expect(base58Decode(`2${char}`)).toBeUndefined();
});

test('base58 looks at 128 characters and no more', () => {
  expect(base58Decode('1'.repeat(128))).toHaveLength(128);
  expect(base58Decode('1'.repeat(129))).toBeUndefined();
});
