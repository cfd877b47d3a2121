import { describe, expect, test } from 'vitest';
import {
  CANONICAL_DEPTH_MAX,
  canonicalText,
  decodeCanonical,
  encodeCanonical,
  equalJson,
  type JsonValue,
  jsonObject,
  utf8Encode,
} from '../../../protocol/bytes/index.ts';

const nested = (levels: number): JsonValue => (levels === 1 ? [] : [nested(levels - 1)]);

describe('values that are not JSON', () => {
  test.each([
    ['undefined', undefined],
    ['a member that is undefined', { a: undefined }],
    ['a hole in an array', new Array(1)],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['infinity', Number.NEGATIVE_INFINITY],
    ['2^53', 2 ** 53],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', Uint8Array.of(1)],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', { '\udfff': 1 }],
  ])('%s', (_, value) => {
    expect(encodeCanonical(value)).toMatchObject({ ok: false, fault: { code: 'not_json' } });
    expect(encodeCanonical([value])).toMatchObject({ ok: false, fault: { code: 'not_json' } });
  });
});

test('a value that holds itself is refused, not followed for ever', () => {
  const loop: unknown[] = [];
  loop.push(loop);
  expect(encodeCanonical(loop)).toMatchObject({ ok: false, fault: { code: 'not_json' } });
});

test('nesting at the limit and one past it', () => {
  const text = canonicalText(nested(CANONICAL_DEPTH_MAX));
  expect(decodeCanonical(utf8Encode(text))).toEqual({ ok: true, value: nested(CANONICAL_DEPTH_MAX) });
  expect(encodeCanonical(nested(CANONICAL_DEPTH_MAX + 1))).toMatchObject({ fault: { code: 'not_json' } });
});

test('nesting beyond any stack is a fault like another', () => {
  const deep = utf8Encode('['.repeat(200_000));
  expect(decodeCanonical(deep)).toMatchObject({ fault: { code: 'not_json' } });
});

test('an object without a prototype is plain', () => {
  expect(canonicalText(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
});

test('__proto__ comes back as an own key', () => {
  const verdict = decodeCanonical(utf8Encode('{"__proto__":{"admin":true}}'));
  expect(verdict.ok && Object.keys(verdict.value as object)).toEqual(['__proto__']);
  expect(canonicalText(jsonObject([['__proto__', 1]]))).toBe('{"__proto__":1}');
});

test('canonicalText throws for what its caller should have known', () => {
  expect(() => canonicalText(Number.NaN)).toThrow(TypeError);
});

test.each([
  [{ a: 1, b: [null] }, { b: [null], a: 1 }, true],
  [0, -0, true],
  ['1', 1, false],
  [null, {}, false],
  [[1, 2], [2, 1], false],
  [{ a: null }, {}, false],
])('equalJson of %j and %j', (a: JsonValue, b: JsonValue, equal) => {
  expect(equalJson(a, b)).toBe(equal);
});
