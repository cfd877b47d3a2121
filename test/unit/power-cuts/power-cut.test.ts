import { describe, expect, test } from 'vitest';
import { Draws } from '../../../scripts/draws.ts';
import { drawCuts } from '../../../scripts/power-cuts/cut-order.ts';
import type { Operation } from '../../../scripts/power-cuts/operation.ts';
import {
  type Image,
  imageAfter,
  PERSISTENCE,
  type Persistence,
} from '../../../scripts/power-cuts/power-cut.ts';
import { Draws as SimulationDraws } from '../../../simulations/draws/index.ts';

const WAYS = Object.keys(PERSISTENCE) as readonly Persistence[];

const write = (node: number, offset: number, text: string): Operation => ({
  type: 'write',
  node,
  offset,
  bytes: Buffer.from(text),
});

/** A file that was there, and another one that takes its place. */
const OPERATIONS: readonly Operation[] = [
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

const left = (at: number, persistence: Persistence, operations = OPERATIONS, seed = 1) =>
  textOf(imageAfter(operations, SAFE, { at, persisted: persistence }, new Draws(seed, 'test')));

test('before anything is done, what was safe is there', () => {
  for (const persistence of WAYS) expect(left(SAFE, persistence)).toEqual({ a: 'old' });
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
    const seen = new Set(Array.from({ length: 40 }, (_, seed) => left(8, 'first', OPERATIONS, seed).a));
    expect(seen).toEqual(new Set(['new', 'new+', 'new++']));
  });

  test('or some of its names', () => {
    const seen = new Set(
      Array.from({ length: 80 }, (_, seed) => JSON.stringify(left(8, 'some', OPERATIONS, seed))),
    );
    expect(seen).toContain('{"a":"old","b":"new"}');
    expect(seen).toContain('{"a":"new++"}');
    expect(seen).toContain('{"a":"new"}');
  });

  test('or sectors, with zeros in the place of others', () => {
    const operations = [...OPERATIONS.slice(0, 5), write(2, 3, 'x'.repeat(600))];
    const seen = new Set(Array.from({ length: 40 }, (_, seed) => left(6, 'sectors', operations, seed).b));
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
    const operations: readonly Operation[] = [
      ...OPERATIONS.slice(0, 2),
      { type: 'truncate', node: 1, length: 1 },
    ];
    expect(left(3, 'nothing', operations)).toEqual({ a: 'old' });
    expect(left(3, 'names', operations)).toEqual({ a: 'o' });
  });
});

test('what was synced is there whatever is lost, and the names that there were', () => {
  for (const persistence of WAYS) {
    for (let seed = 0; seed < 20; seed += 1)
      expect(left(5, persistence, OPERATIONS, seed)).toEqual({ a: 'old', b: 'new' });
  }
});

test('a sync covers nothing that was written while it was under way', () => {
  const operations = [
    ...OPERATIONS.slice(0, 4),
    write(2, 3, '!'),
    { type: 'sync', node: 2, covers: 4 } as const,
  ];
  expect(left(6, 'nothing', operations)).toEqual({ a: 'old', b: 'new' });
});

test('folders and what is in them', () => {
  const operations: readonly Operation[] = [
    ...OPERATIONS.slice(0, 2),
    { type: 'make', folder: 0, name: 'sub', node: 2, isFolder: true },
    { type: 'make', folder: 2, name: 'c', node: 3, isFolder: false },
    write(3, 2, 'c'),
  ];
  expect(left(5, 'all', operations)).toEqual({ a: 'old', sub: null, 'sub/c': '\0\0c' });
  expect(left(5, 'names', operations)).toEqual({ a: 'old', sub: null, 'sub/c': '' });
});

describe('the order of cuts', () => {
  const order = (seed: number) => new SimulationDraws(BigInt(seed)).stream('disk');
  const cuts = [...drawCuts(OPERATIONS, SAFE, order(1))];

  test('has every moment in every way, once', () => {
    expect(cuts).toHaveLength((OPERATIONS.length - SAFE + 1) * WAYS.length);
    expect(new Set(cuts.map(({ at, persisted }) => `${at} ${persisted}`)).size).toBe(cuts.length);
  });

  test('follows from the seed', () => {
    expect([...drawCuts(OPERATIONS, SAFE, order(1))]).toEqual(cuts);
    expect([...drawCuts(OPERATIONS, SAFE, order(2))]).not.toEqual(cuts);
  });

  test('turns to names and syncs with every other one', () => {
    const quiet = Array.from({ length: 500 }, (_, i) => write(1, i, 'x'));
    const operations = [...OPERATIONS, ...quiet];
    const first = [...drawCuts(operations, SAFE, order(1))].slice(0, 20);
    expect(first.filter(({ at }) => at <= OPERATIONS.length)).toHaveLength(10);
  });
});
