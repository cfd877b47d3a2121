import fc from 'fast-check';
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

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Base58 by its definition: the digits of one large number, after a "1" for each leading zero. */
const encodeByDefinition = (bytes: Uint8Array): string => {
  const digits: string[] = [];
  for (let rest = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`); rest > 0n; rest /= 58n) {
    digits.unshift(ALPHABET[Number(rest % 58n)] ?? '');
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + digits.join('');
};

test('base58 of any bytes is what its definition says, and leads back to them', () => {
  const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 90, size: 'max' }), (values) => {
      const bytes = Uint8Array.from(values);
      const text = base58Encode(bytes);
      expect(text).toBe(encodeByDefinition(bytes));
      expect(base58Decode(text)).toEqual(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test('each text of base58 stands for other bytes: there is one spelling', () => {
  const char = fc.constantFrom(...ALPHABET);
  fc.assert(
    fc.property(fc.array(char, { maxLength: 128, size: 'max' }), (chars) => {
      const text = chars.join('');
      expect(base58Encode(base58Decode(text) ?? Uint8Array.of(1))).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
