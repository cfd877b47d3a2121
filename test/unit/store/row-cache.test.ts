import { expect, it } from 'vitest';
import { RowCache } from '../../../node/store/row-cache.ts';

/** A text of a mebi of characters, that begins with a number. */
const large = (number: number): string => `${number} `.padEnd(2 ** 20);

it('knows rows, and that there is none', () => {
  const cache = new RowCache();
  cache.set('a', '{"x":1}');
  cache.set('b', null);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['{"x":1}', null, undefined]);
  cache.set('a', null);
  expect(cache.get('a')).toBe(null);
});

it('is told what becomes of the rows that it knows, and takes up no others', () => {
  const cache = new RowCache();
  cache.set('read', null);
  cache.written('read', '1');
  cache.written('not read', '2');
  expect(['read', 'not read'].map((key) => cache.get(key))).toEqual(['1', undefined]);
});

it('keeps what is used, and no more than it may', () => {
  const cache = new RowCache();
  cache.set('used', '1');
  for (let i = 0; i < 32; i += 1) {
    cache.set(`once ${i}`, large(i));
    expect(cache.get('used')).toBe('1');
  }
  const left = Array.from({ length: 32 }, (_, i) => i).filter((i) => cache.get(`once ${i}`) !== undefined);
  expect(left.length).toBeLessThanOrEqual(16);
  expect(left.at(-1)).toBe(31);
});

it('counts what takes the place of a row once', () => {
  const cache = new RowCache();
  cache.set('other', '1');
  for (let i = 0; i < 100; i += 1) cache.set('same', large(i));
  expect([cache.get('same'), cache.get('other')]).toEqual([large(99), '1']);
});

it('forgets everything', () => {
  const cache = new RowCache();
  cache.set('a', large(1));
  cache.set('b', null);
  cache.clear();
  expect(['a', 'b'].map((key) => cache.get(key))).toEqual([undefined, undefined]);
});
