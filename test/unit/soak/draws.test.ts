import { expect, test } from 'vitest';
import { Draws } from '../../../scripts/draws.ts';

const shares = (draws: Draws, count: number): readonly number[] =>
  Array.from({ length: count }, () => draws.share());

test('draws follow from seed and concern', () => {
  const first = shares(new Draws(42, 'faults'), 5);
  expect(shares(new Draws(42, 'faults'), 5)).toEqual(first);
  expect(shares(new Draws(43, 'faults'), 5)).not.toEqual(first);
  expect(shares(new Draws(42, 'writes'), 5)).not.toEqual(first);
  expect(new Set(first).size).toBe(5);
});

test('both bounds of a number are drawn, and nothing beyond', () => {
  const draws = new Draws(1, 'numbers');
  const drawn = Array.from({ length: 200 }, () => draws.between(3, 6));
  expect(new Set(drawn)).toEqual(new Set([3, 4, 5, 6]));
});

test('choices are drawn by weight, and never those of weight 0', () => {
  const draws = new Draws(1, 'choices');
  const drawn = Array.from({ length: 400 }, () => draws.weighted({ often: 3, never: 0, rarely: 1 }));
  expect(new Set(drawn)).toEqual(new Set(['often', 'rarely']));
  const often = drawn.filter((choice) => choice === 'often').length;
  expect(often).toBeGreaterThan(250);
  expect(often).toBeLessThan(350);
});
