import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../protocol/bytes/index.ts';
import { encodeStableJson } from '../../../protocol/compat/stable-json.ts';
import { stable } from '../../fixtures/smo-os/sealed-folder.ts';

const nested = (levels: number): JsonValue => (levels === 1 ? {} : { a: nested(levels - 1) });

describe('json-stable-v1', () => {
  it.each([
    ['{"b":1,"a":[2,{"d":3,"c":null}]}', '{"a":[2,{"c":null,"d":3}],"b":1}'],
    ['{"b":1,"10":2,"9":3,"a":0}', '{"9":3,"10":2,"a":0,"b":1}'],
    ['{"01":1,"1":2,"-1":3,"1.5":4,"":5}', '{"1":2,"":5,"-1":3,"01":1,"1.5":4}'],
    ['{"4294967295":1,"4294967294":2,"10000000000":3}', '{"4294967294":2,"10000000000":3,"4294967295":1}'],
    ['{"\\uff5e":1,"\\ud83d\\ude00":2,"z":3,"Z":4}', '{"Z":4,"z":3,"😀":2,"～":1}'],
    [
      '{"a":"\\ud800\\n\\u2028","b":1.50,"c":1e21,"d":-0}',
      '{"a":"\\ud800\\n\u2028","b":1.5,"c":1e+21,"d":0}',
    ],
    ['[]', '[]'],
    ['{"a":{},"b":true}', '{"a":{},"b":true}'],
  ])('of %s is %s, as the old format builds it', (text, expected) => {
    const value = JSON.parse(text);
    expect(encodeStableJson(value)).toBe(expected);
    expect(stable(value)).toBe(expected);
  });

  it('covers a member called __proto__', () => {
    expect(encodeStableJson(JSON.parse('{"a":1,"__proto__":{"b":2}}'))).toBe('{"__proto__":{"b":2},"a":1}');
  });

  it('has no text for an infinity, which would read as null', () => {
    expect(encodeStableJson({ a: Number.POSITIVE_INFINITY })).toBeUndefined();
  });

  it('goes 128 levels deep and no deeper', () => {
    expect(encodeStableJson(nested(128))).toBeDefined();
    expect(encodeStableJson(nested(129))).toBeUndefined();
  });
});
