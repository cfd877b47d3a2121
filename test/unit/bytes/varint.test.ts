import { describe, expect, test } from 'vitest';
import { readVarint, writeVarint } from '../../../protocol/bytes/index.ts';
import { fromHex } from '../../support/read-vectors.ts';

const SAMPLES = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [2 ** 31 - 1, 'ffffffff07'],
  [2 ** 31, '8080808008'],
  [2 ** 32, '8080808010'],
  [Number.MAX_SAFE_INTEGER, 'ffffffffffffff0f'],
] as const;

describe.each(SAMPLES)('the varint of %i', (value, bytes) => {
  test('is written', () => {
    const out: number[] = [];
    writeVarint(out, value);
    expect(Uint8Array.from(out)).toEqual(fromHex(bytes));
  });

  test('is read, at any offset', () => {
    const length = bytes.length / 2;
    expect(readVarint(fromHex(bytes), 0)).toEqual({ value, next: length });
    expect(readVarint(fromHex(`ffff${bytes}ff`), 2)).toEqual({ value, next: 2 + length });
  });
});

test.each([
  ['nothing', ''],
  ['one that is cut short', '80'],
  ['zero in two bytes', '8000'],
  ['one in two bytes', '8100'],
  ['2^53', '8080808080808010'],
  ['one of ten bytes', 'ffffffffffffffffff01'],
])('reading refuses %s', (_, bytes) => {
  expect(readVarint(fromHex(bytes), 0)).toBeUndefined();
});

test.each([-1, 0.5, 2 ** 53, Number.NaN])('writing %d is a bug', (value) => {
  expect(() => writeVarint([], value)).toThrow(RangeError);
});
