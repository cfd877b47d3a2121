import { expect, test } from 'vitest';
import { decodeCanonical, encodeCanonical, utf8Encode } from '../../protocol/bytes/index.ts';
import { fromHex, readVectors, type Vector } from '../support/read-vectors.ts';

interface CanonicalJsonVectors {
  readonly valid: readonly (Vector & { readonly input: string; readonly canonical: string })[];
  readonly invalid: readonly (Vector & { readonly bytes: string; readonly code: string })[];
  readonly numbers: {
    readonly valid: readonly (Vector & { readonly bits: string; readonly canonical: string })[];
    readonly invalid: readonly (Vector & { readonly bits: string; readonly code: string })[];
  };
}

const vectors = readVectors<CanonicalJsonVectors>('canonical-json');

const numberOf = (bits: string): number => Buffer.from(bits, 'hex').readDoubleBE();

test.each(vectors.valid)('canonical JSON: $comment', ({ input, canonical }) => {
  const value = JSON.parse(input);
  expect(encodeCanonical(value)).toEqual({ ok: true, value: canonical });
  const decoded = decodeCanonical(utf8Encode(canonical));
  // As text: matchers would read a member named __proto__ as the prototype.
  expect(decoded.ok && JSON.stringify(decoded.value)).toBe(JSON.stringify(JSON.parse(canonical)));
});

test.each(vectors.invalid)('canonical JSON refuses: $comment', ({ bytes, code }) => {
  expect(decodeCanonical(fromHex(bytes))).toMatchObject({ ok: false, fault: { code } });
});

test.each(vectors.numbers.valid)('a double as canonical JSON: $comment', ({ bits, canonical }) => {
  expect(encodeCanonical(numberOf(bits))).toEqual({ ok: true, value: canonical });
  expect(decodeCanonical(utf8Encode(canonical))).toEqual({ ok: true, value: numberOf(bits) + 0 });
});

test.each(vectors.numbers.invalid)('a double without canonical JSON: $comment', ({ bits, code }) => {
  expect(encodeCanonical(numberOf(bits))).toMatchObject({ ok: false, fault: { code } });
});
