import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../protocol/bytes/index.ts';
import { EVENT_LIMITS } from '../../../protocol/event/index.ts';
import { nameOf } from '../../../protocol/git-history/index.ts';

const bytesOf = (text: string): Uint8Array => utf8Encode(text);
const latin1 = (text: string): Uint8Array => Uint8Array.from([...text].map((char) => char.charCodeAt(0)));

describe('nameOf', () => {
  test.each(['README.md', 'a b/"c"\n', 'größe/日本.txt', '__proto__', '/absolute', '%41', '\uFEFFmark'])(
    'the text %j stays as it is',
    (text) => {
      expect(nameOf(bytesOf(text))).toBe(text);
    },
  );

  test.each([
    ['Latin-1', latin1('caf\xe9 100%.txt'), '//raw/caf%e9 100%25.txt'],
    ['an escape that was there before', latin1('\xff%ff'), '//raw/%ff%25ff'],
    ['a text that looks escaped', bytesOf('//raw/caf%e9'), '//raw///raw/caf%25e9'],
    ['a surrogate in UTF-8', Uint8Array.of(0xed, 0xa0, 0x80), '//raw/%ed%a0%80'],
  ])('%s is escaped', (_, bytes, name) => {
    expect(nameOf(bytes)).toBe(name);
  });

  test('512 bytes are a name, 513 take the long form, which keeps the end', () => {
    const longest = `${'x'.repeat(508)}.txt`;
    expect(nameOf(bytesOf(longest))).toBe(longest);
    const tooLong = nameOf(bytesOf(`x${longest}`));
    expect(tooLong).toMatch(/^\/\/long\/[0-9a-f]{64}\/x+\.txt$/);
    expect(tooLong).toHaveLength(EVENT_LIMITS.nameBytesMax);
    expect(nameOf(bytesOf(`y${longest}`))).not.toBe(tooLong);
  });

  test('the long form cuts no character in two', () => {
    for (const lead of ['', 'a', 'aa']) {
      const name = nameOf(bytesOf(lead + '日'.repeat(400)));
      expect(name).toMatch(/^\/\/long\/[0-9a-f]{64}\/日+$/);
      expect(bytesOf(name).length).toBeGreaterThan(EVENT_LIMITS.nameBytesMax - 3);
    }
  });

  test('bytes that are short but grow past the limit by escaping take the long form too', () => {
    expect(nameOf(new Uint8Array(512).fill(0xff))).toMatch(/^\/\/long\/[0-9a-f]{64}\//);
    const fits = new Uint8Array(168).fill(0xff);
    expect(nameOf(fits)).toBe(`//raw/${'%ff'.repeat(168)}`);
    expect(nameOf(new Uint8Array(169).fill(0xff))).toMatch(/^\/\/long\//);
  });

  test('different bytes have different names, all well-formed and within the limit', () => {
    const pieces = fc.constantFrom(
      '//',
      'raw/',
      'long/',
      '%',
      '%25',
      '%ff',
      '\xff',
      '\xc3\xa4',
      'a',
      'x'.repeat(250),
    );
    const names = fc.oneof(
      fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => latin1(parts.join(''))),
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
    );
    fc.assert(
      fc.property(names, names, (a, b) => {
        const name = nameOf(a);
        expect(name.isWellFormed()).toBe(true);
        expect(bytesOf(name).length).toBeLessThanOrEqual(EVENT_LIMITS.nameBytesMax);
        expect(name === nameOf(b)).toBe(Buffer.compare(a, b) === 0);
      }),
      { numRuns: 1000 },
    );
  });
});
