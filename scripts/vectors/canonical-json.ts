import { canonicalText } from '../../protocol/bytes/index.ts';
import { hex } from './hex.ts';

/** JSON texts, and what their canonical form is. */
const VALID: readonly (readonly [comment: string, input: string])[] = [
  ['literals', '[ null , true , false ]'],
  ['empty containers', '{"b": [ ], "a": { }}'],
  ['white space goes', ' {\t"a" :\r\n 1 } '],
  [
    'keys sort by UTF-16 code units, so that an emoji (D83D...) comes before U+FB33 (RFC 8785, section 3.2.3)',
    '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
  ],
  ['keys that look like integers sort as strings, not as numbers', '{"10":1,"9":2,"1":3,"a":4,"-1":5}'],
  ['__proto__ is an ordinary key', '{"b":1,"__proto__":{"c":2}}'],
  [
    'short escapes, and control characters as lower-case \\u00xx',
    '"\\u0000\\u0008\\u0009\\u000A\\u000B\\u000C\\u000D\\u001F\\u0022\\u005C"',
  ],
  ['a solidus, DEL, and U+2028 are written as they are', '"\\/\\u007f\\u2028"'],
  ['a surrogate pair becomes one character', '"\\ud83d\\ude00"'],
  ['texts are not normalised: a letter and a combining mark stay two', '["\\u00e9","e\\u0301"]'],
  ['the empty key', '{"":0}'],
  [
    'numbers in their shortest form',
    '[1.0,-0,0.0,4.50,2e-3,1E2,0.000000000000000000000000001,333333333.33333329]',
  ],
  ['the largest integers', '[9007199254740991,-9007199254740991]'],
];

/** What is refused, as UTF-8 text, with the code. */
const INVALID: readonly (readonly [comment: string, text: string, code: string])[] = [
  ['white space', '{"a": 1}', 'not_canonical'],
  ['a newline at the end', '1\n', 'not_canonical'],
  ['keys out of order', '{"b":1,"a":2}', 'not_canonical'],
  ['the same key twice', '{"a":1,"a":1}', 'not_canonical'],
  ['__proto__ twice', '{"__proto__":1,"__proto__":1}', 'not_canonical'],
  ['a needless escape', '"\\u0041"', 'not_canonical'],
  ['an escape in upper case', '"\\u001F"', 'not_canonical'],
  ['a number not in its shortest form', '1.0', 'not_canonical'],
  ['an exponent without need', '1e2', 'not_canonical'],
  ['minus zero', '-0', 'not_canonical'],
  ['more digits than a double holds', '0.1000000000000000055', 'not_canonical'],
  ['nothing', '', 'not_json'],
  ['two values', '1 2', 'not_json'],
  ['a trailing comma', '[1,]', 'not_json'],
  ['a byte order mark', '\ufeff1', 'not_json'],
  ['not a number', 'NaN', 'not_json'],
  ['a number beyond a double', '1e400', 'not_json'],
  ['a lone high surrogate', '"\\ud800"', 'not_json'],
  ['a lone low surrogate in a key', '{"\\udc00":1}', 'not_json'],
  ['2^53: cannot be told from 2^53 + 1', '9007199254740992', 'not_json'],
  ['-2^53', '-9007199254740992', 'not_json'],
  ['an integer beyond 2^53 with an exponent', '1e+30', 'not_json'],
  ['129 levels, one past the limit', '['.repeat(129) + ']'.repeat(129), 'not_json'],
];

/** Bytes that are not UTF-8. */
const INVALID_BYTES: readonly (readonly [comment: string, bytes: string])[] = [
  ['a byte that UTF-8 never has', '22ff22'],
  ['a character cut short', '22e282'],
  ['a lone surrogate encoded (CESU-8)', '22eda08022'],
  ['an overlong encoding of "/"', '22c0af22'],
];

/** Doubles by their bits, and how they are written: the samples of RFC 8785, appendix B. */
const NUMBERS: readonly (readonly [bits: string, text: string])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

/** The samples of that appendix that this project refuses. */
const NUMBERS_REFUSED: readonly (readonly [comment: string, bits: string])[] = [
  ['NaN', '7fffffffffffffff'],
  ['infinity', '7ff0000000000000'],
  ['the largest double, an integer beyond 2^53', '7fefffffffffffff'],
  ['2^53', '4340000000000000'],
  ['-2^53', 'c340000000000000'],
  ['about 2^68', '4430000000000000'],
  ['below 1e+23', '44b52d02c7e14af5'],
  ['1e+23', '44b52d02c7e14af6'],
  ['1e+21', '444b1ae4d6e2ef50'],
];

export const canonicalJsonVectors = () => ({
  comment:
    'Canonical JSON (RFC 8785), narrowed: integers beyond 2^53 - 1 are refused. `valid`: any JSON text and its canonical form. `invalid`: bytes (hex) that a decoder refuses, and the code. `numbers`: doubles by their 64 bits, from RFC 8785, appendix B, with their text or the code of the refusal.',
  valid: VALID.map(([comment, input]) => ({ comment, input, canonical: canonicalText(JSON.parse(input)) })),
  invalid: [
    ...INVALID.map(([comment, text, code]) => ({ comment, bytes: hex(text), code })),
    ...INVALID_BYTES.map(([comment, bytes]) => ({ comment, bytes, code: 'not_json' })),
  ],
  numbers: {
    valid: NUMBERS.map(([bits, canonical]) => ({ comment: canonical, bits, canonical })),
    invalid: NUMBERS_REFUSED.map(([comment, bits]) => ({ comment, bits, code: 'not_json' })),
  },
});
