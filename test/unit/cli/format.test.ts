import { describe, expect, test } from 'vitest';
import { bytesText, cellText, countText, printable, shellWord, timeText } from '../../../node/cli/format.ts';
import { shortId, shortIds } from '../../../node/cli/short-id.ts';

describe('texts for people', () => {
  test('times are local, with their offset, and name the instant', () => {
    for (const timeMs of [0, 1_700_000_000_000, 1_690_000_000_000]) {
      const text = timeText(timeMs);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
      expect(Date.parse(text)).toBe(timeMs);
    }
    expect(timeText(8.64e15 + 1)).toBe('8640000000000001');
  });

  test('counts and bytes', () => {
    expect([0, 1, 1234].map((count) => countText(count, 'event'))).toEqual([
      '0 events',
      '1 event',
      '1,234 events',
    ]);
    expect([0, 1023, 1024, 150 * 1024, 2 ** 31, 2 ** 53].map(bytesText)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '150 KiB',
      '2.0 GiB',
      '8192 TiB',
    ]);
  });

  test('a cut never halves a character', () => {
    expect(cellText('abc', 3)).toBe('abc');
    expect(cellText('abcd', 3)).toBe('ab…');
    expect(cellText('a😀bcd', 3).isWellFormed()).toBe(true);
  });

  test('every control and direction mark is written out, all else stays', () => {
    expect(printable('a\u0000\u001b\u007f\u009b\u2028\u202e\u2066z')).toBe(
      'a\\u0000\\u001b\\u007f\\u009b\\u2028\\u202e\\u2066z',
    );
    expect(printable('grün 😀 日本')).toBe('grün 😀 日本');
  });

  test('words for the shell', () => {
    expect(['a-b.c/d', 'two words', "it's", '', '$HOME'].map(shellWord)).toEqual([
      'a-b.c/d',
      "'two words'",
      "'it'\\''s'",
      "''",
      "'$HOME'",
    ]);
  });
});

describe('short ids', () => {
  const uuid = '5f0c2c1e-8a43-4b4e-9c55-0d4a51d0a001';

  test('are prefixes of at least 12 characters; names stay whole', () => {
    expect(uuid.startsWith(shortId(uuid))).toBe(true);
    expect(shortId(uuid).length).toBeGreaterThanOrEqual(12);
    expect(shortId('a name that a person gave, however long')).toBe(
      'a name that a person gave, however long',
    );
    expect(shortId('src/protocol/event/record.ts')).toBe('src/protocol/event/record.ts');
  });

  test('are told apart among each other', () => {
    const twin = `${uuid.slice(0, 30)}ffffff`;
    const short = shortIds([uuid, twin, 'inbox', uuid]);
    const [a = '', b = ''] = [short.get(uuid), short.get(twin)];
    expect(a).not.toBe(b);
    expect(uuid.startsWith(a) && twin.startsWith(b)).toBe(true);
    expect(twin.startsWith(a) || uuid.startsWith(b)).toBe(false);
    expect(short.get('inbox')).toBe('inbox');
    expect(short.size).toBe(3);
  });
});
