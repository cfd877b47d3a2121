import { expect, test } from 'vitest';
import { compareStrings, equalBytes, utf8Decode, utf8Encode } from '../../../protocol/bytes/index.ts';

test('strings compare by UTF-16 code units', () => {
  const sorted = ['', '10', '9', 'A', 'a', 'z', 'é', '€', '\u{1f600}', '\ufb33'];
  expect([...sorted].reverse().sort(compareStrings)).toEqual(sorted);
  expect(compareStrings('a', 'a')).toBe(0);
});

test('bytes are equal when length and contents are', () => {
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false);
});

test('UTF-8 keeps a byte order mark and refuses broken bytes', () => {
  expect(utf8Decode(utf8Encode('\ufeff€'))).toBe('\ufeff€');
  expect(utf8Decode(Uint8Array.of(0xff))).toBeUndefined();
});
