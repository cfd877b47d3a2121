import { describe, expect, test } from 'vitest';
import { Draws } from '../../../scripts/draws.ts';
import { drawCuts } from '../../../scripts/power-cuts/cut-order.ts';
import type { Deed } from '../../../scripts/power-cuts/deed.ts';
import { type Image, imageAfter, LEFTOVERS, type Leftover } from '../../../scripts/power-cuts/power-cut.ts';
import { Draws as SimulationDraws } from '../../../simulations/draws/index.ts';

const WAYS = Object.keys(LEFTOVERS) as readonly Leftover[];

const write = (node: number, offset: number, text: string): Deed => ({
  type: 'write',
  node,
  offset,
  bytes: Buffer.from(text),
});

/** A file that was there, and another one that takes its place. */
const DEEDS: readonly Deed[] = [
  { type: 'make', folder: 0, name: 'a', node: 1, isFolder: false },
  write(1, 0, 'old'),
  // It begins here.
  { type: 'make', folder: 0, name: 'b', node: 2, isFolder: false },
  write(2, 0, 'new'),
  { type: 'sync', node: 2, covers: 4 },
  { type: 'move', folder: 0, name: 'b', toFolder: 0, toName: 'a' },
  write(2, 3, '++'),
  { type: 'say', text: 'done' },
];
const SAFE = 2;

const textOf = (image: Image): Readonly<Record<string, string | null>> =>
  Object.fromEntries([...image].map(([path, bytes]) => [path, bytes && Buffer.from(bytes).toString()]));

const left = (at: number, leftover: Leftover, deeds = DEEDS, seed = 1) =>
  textOf(imageAfter(deeds, SAFE, { at, leftover }, new Draws(seed, 'test')));

test('before anything is done, what was safe is there', () => {
  for (const leftover of WAYS) expect(left(SAFE, leftover)).toEqual({ a: 'old' });
});

describe('what was not synced', () => {
  test('is all there, where only the process ended', () => {
    expect(left(4, 'all')).toEqual({ a: 'old', b: 'new' });
    expect(left(8, 'all')).toEqual({ a: 'new++' });
  });

  test('is all gone, names and bytes', () => {
    expect(left(4, 'nothing')).toEqual({ a: 'old' });
    expect(left(8, 'nothing')).toEqual({ a: 'old', b: 'new' });
  });

  test('or its names are there', () => {
    expect(left(4, 'names')).toEqual({ a: 'old', b: '' });
    expect(left(8, 'names')).toEqual({ a: 'new' });
  });

  test('or its names, and the first bytes of each file', () => {
    const seen = new Set(Array.from({ length: 40 }, (_, seed) => left(8, 'first', DEEDS, seed).a));
    expect(seen).toEqual(new Set(['new', 'new+', 'new++']));
  });

  test('or some of its names', () => {
    const seen = new Set(
      Array.from({ length: 80 }, (_, seed) => JSON.stringify(left(8, 'some', DEEDS, seed))),
    );
    expect(seen).toContain('{"a":"old","b":"new"}');
    expect(seen).toContain('{"a":"new++"}');
    expect(seen).toContain('{"a":"new"}');
  });

  test('or sectors, with zeros in the place of others', () => {
    const deeds = [...DEEDS.slice(0, 5), write(2, 3, 'x'.repeat(600))];
    const seen = new Set(Array.from({ length: 40 }, (_, seed) => left(6, 'sectors', deeds, seed).b));
    const [x, zero] = ['x', '\0'];
    expect(seen).toEqual(
      new Set([
        `new${x.repeat(600)}`,
        `new${x.repeat(509)}${zero.repeat(91)}`,
        `new${zero.repeat(509)}${x.repeat(91)}`,
        `new${zero.repeat(600)}`,
      ]),
    );
  });

  test('a file that was cut off is so once that is there, as with a name', () => {
    const deeds: readonly Deed[] = [...DEEDS.slice(0, 2), { type: 'truncate', node: 1, length: 1 }];
    expect(left(3, 'nothing', deeds)).toEqual({ a: 'old' });
    expect(left(3, 'names', deeds)).toEqual({ a: 'o' });
  });
});

test('what was synced is there whatever is lost, and the names that there were', () => {
  for (const leftover of WAYS) {
    for (let seed = 0; seed < 20; seed += 1)
      expect(left(5, leftover, DEEDS, seed)).toEqual({ a: 'old', b: 'new' });
  }
});

test('a sync covers nothing that was written while it was under way', () => {
  const deeds = [...DEEDS.slice(0, 4), write(2, 3, '!'), { type: 'sync', node: 2, covers: 4 } as const];
  expect(left(6, 'nothing', deeds)).toEqual({ a: 'old', b: 'new' });
});

test('folders and what is in them', () => {
  const deeds: readonly Deed[] = [
    ...DEEDS.slice(0, 2),
    { type: 'make', folder: 0, name: 'sub', node: 2, isFolder: true },
    { type: 'make', folder: 2, name: 'c', node: 3, isFolder: false },
    write(3, 2, 'c'),
  ];
  expect(left(5, 'all', deeds)).toEqual({ a: 'old', sub: null, 'sub/c': '\0\0c' });
  expect(left(5, 'names', deeds)).toEqual({ a: 'old', sub: null, 'sub/c': '' });
});

describe('the order of cuts', () => {
  const order = (seed: number) => new SimulationDraws(BigInt(seed)).stream('disk');
  const cuts = [...drawCuts(DEEDS, SAFE, order(1))];

  test('has every moment in every way, once', () => {
    expect(cuts).toHaveLength((DEEDS.length - SAFE + 1) * WAYS.length);
    expect(new Set(cuts.map(({ at, leftover }) => `${at} ${leftover}`)).size).toBe(cuts.length);
  });

  test('follows from the seed', () => {
    expect([...drawCuts(DEEDS, SAFE, order(1))]).toEqual(cuts);
    expect([...drawCuts(DEEDS, SAFE, order(2))]).not.toEqual(cuts);
  });

  test('turns to names and syncs with every other one', () => {
    const quiet = Array.from({ length: 500 }, (_, i) => write(1, i, 'x'));
    const deeds = [...DEEDS, ...quiet];
    const first = [...drawCuts(deeds, SAFE, order(1))].slice(0, 20);
    expect(first.filter(({ at }) => at <= DEEDS.length)).toHaveLength(10);
  });
});
