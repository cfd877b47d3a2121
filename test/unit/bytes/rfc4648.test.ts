import { describe, expect, test } from 'vitest';
import { base32, base64, hexDecode, hexEncode } from '../../../protocol/bytes/index.ts';

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

/** RFC 4648, section 10, base32 in lower case and without padding as this project writes it. */
const SAMPLES = [
  ['', '', ''],
  ['f', 'my', 'Zg=='],
  ['fo', 'mzxq', 'Zm8='],
  ['foo', 'mzxw6', 'Zm9v'],
  ['foob', 'mzxw6yq', 'Zm9vYg=='],
  ['fooba', 'mzxw6ytb', 'Zm9vYmE='],
  ['foobar', 'mzxw6ytboi', 'Zm9vYmFy'],
] as const;

describe.each(SAMPLES)('of "%s"', (plain, in32, in64) => {
  test('base32', () => {
    expect(base32.encode(text(plain))).toBe(in32);
    expect(base32.decode(in32)).toEqual(text(plain));
  });

  test('base64', () => {
    expect(base64.encode(text(plain))).toBe(in64);
    expect(base64.decode(in64)).toEqual(text(plain));
  });
});

test.each([
  ['upper case', 'MY'],
  ['padding', 'my======'],
  ['a digit that it lacks', 'm1'],
  ['a length that no bytes have', 'm'],
  ['unused bits that are set', 'mz'],
  ['a character of two code units', '\u{1f600}'],
])('base32 refuses %s', (_, encoded) => {
  expect(base32.decode(encoded)).toBeUndefined();
});

test.each([
  ['missing padding', 'Zg'],
  ['spare padding', 'Zm9v===='],
  ['padding alone', '===='],
  ['padding inside', 'Zg==Zm9v'],
  ['the alphabet for URLs', '-_-_'],
  ['white space', 'Zm9v\n'],
  ['unused bits that are set', 'Zh=='],
])('base64 refuses %s', (_, encoded) => {
  expect(base64.decode(encoded)).toBeUndefined();
});

test('base64 judges a long run of padding in linear time', () => {
  // Some 10^11 steps if each "=" began a search for the end of the run.
  expect(base64.decode(`${'='.repeat(500_000)}x`)).toBeUndefined();
});

test('hexadecimal is lower case and whole bytes', () => {
  expect(hexEncode(Uint8Array.of(0, 171, 255))).toBe('00abff');
  expect(hexDecode('00abff')).toEqual(Uint8Array.of(0, 171, 255));
  for (const bad of ['0', 'AB', '0x', 'zz', '00 ', '00\n']) expect(hexDecode(bad)).toBeUndefined();
});
