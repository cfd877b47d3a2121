import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Draws } from '../../../../simulations/draws/index.ts';
import { isConnected } from '../../../../simulations/scenario/pairs.ts';
import { pairsOf } from '../../../../simulations/scenario/topology.ts';

type Topology = Parameters<typeof pairsOf>[0];

const pairs = (topology: Topology, count: number, seed = 1n) =>
  pairsOf(topology, count, new Draws(seed).stream('topology'));

const degrees = (topology: Topology, count: number, seed = 1n): readonly number[] => {
  const all = pairs(topology, count, seed).flat();
  return Array.from({ length: count }, (_, device) => all.filter((end) => end === device).length);
};

describe('a topology', () => {
  test('full joins all, a ring neighbours, a star all to the founder', () => {
    expect(pairs('full', 4)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    expect(pairs('ring', 4)).toEqual([
      [0, 1],
      [0, 3],
      [1, 2],
      [2, 3],
    ]);
    expect(pairs('star', 4)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
  });

  test('of clusters is full in each of them and joins them to a ring', () => {
    const inside = (a: number, b: number): boolean => Math.floor(a / 3) === Math.floor(b / 3);
    const all = pairs({ kind: 'clusters', clusters: 3, bridges: 1 }, 9);
    expect(all.filter(([a, b]) => inside(a, b))).toHaveLength(9);
    const bridges = all
      .filter(([a, b]) => !inside(a, b))
      .map(([a, b]) => [Math.floor(a / 3), Math.floor(b / 3)]);
    expect(bridges.toSorted()).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(pairs({ kind: 'clusters', clusters: 2, bridges: 1 }, 6)).toHaveLength(3 + 3 + 1);
  });

  test('that is regular gives all devices one degree; where there is none such, one more', () => {
    expect(new Set(degrees({ kind: 'regular', degree: 3 }, 20))).toEqual(new Set([3]));
    expect(new Set(degrees({ kind: 'regular', degree: 4 }, 21))).toEqual(new Set([4]));
    expect(new Set(degrees({ kind: 'regular', degree: 3 }, 21))).toEqual(new Set([4]));
    expect(new Set(degrees({ kind: 'regular', degree: 9 }, 5))).toEqual(new Set([4]));
  });

  test('that is regular is another one with another seed, and no lattice', () => {
    const some = pairs({ kind: 'regular', degree: 4 }, 40);
    expect(pairs({ kind: 'regular', degree: 4 }, 40, 2n)).not.toEqual(some);
    const near = some.filter(([a, b]) => Math.min(b - a, 40 - b + a) <= 2);
    expect(near.length).toBeLessThan(some.length / 2);
  });

  test('of a small world is a lattice with shortcuts', () => {
    const none = pairs({ kind: 'smallWorld', degree: 4, shortcutPercent: 0 }, 30);
    const some = pairs({ kind: 'smallWorld', degree: 4, shortcutPercent: 50 }, 30).map(String);
    expect(none).toHaveLength(60);
    expect(some.length).toBeGreaterThan(65);
    expect(some).toEqual(expect.arrayContaining(none.map(String)));
  });

  test('joins all devices, each pair once, whatever is drawn', () => {
    const topologies: readonly Topology[] = [
      'full',
      'ring',
      'star',
      'clusters',
      'regular',
      'smallWorld',
      { kind: 'clusters', clusters: 5, bridges: 2 },
      { kind: 'regular', degree: 2 },
      { kind: 'regular', degree: 3 },
      { kind: 'smallWorld', degree: 3, shortcutPercent: 100 },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...topologies),
        fc.integer({ min: 1, max: 40 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (topology, count, seed) => {
          const all = pairs(topology, count, seed);
          expect(isConnected(all, [...Array(count).keys()])).toBe(true);
          expect(new Set(all.map(String)).size).toBe(all.length);
          expect(all.every(([a, b]) => a >= 0 && a < b && b < count)).toBe(true);
        },
      ),
    );
  });
});

test('devices hang together over pairs of their own alone', () => {
  expect(
    isConnected(
      [
        [0, 1],
        [1, 2],
      ],
      [0, 1, 2],
    ),
  ).toBe(true);
  expect(
    isConnected(
      [
        [0, 1],
        [1, 2],
      ],
      [0, 2],
    ),
  ).toBe(false);
  expect(isConnected([], [5])).toBe(true);
});
