import { expect, test } from 'vitest';
import { cdfOf, quantileOf, Thinned } from '../../../node/simulator/plots/distribution.ts';

test('a distribution says of each value which share is at most so much', () => {
  expect(cdfOf([])).toEqual([]);
  expect(cdfOf([7])).toEqual([
    { x: 7, y: 0 },
    { x: 7, y: 1 },
  ]);
  expect(cdfOf([30, 2, 10, 2])).toEqual([
    { x: 2, y: 0 },
    { x: 2, y: 0.25 },
    { x: 2, y: 0.5 },
    { x: 10, y: 0.75 },
    { x: 30, y: 1 },
  ]);
});

test('of many values each point that is drawn is exact, and the greatest is there', () => {
  const values = Array.from({ length: 12_345 }, (_, i) => (i * 7_919) % 12_345);
  const points = cdfOf(values);
  expect(points.length).toBeLessThanOrEqual(501);
  for (const { x, y } of points.slice(1)) expect(Math.round(y * 12_345)).toBe(x + 1);
  expect(points.at(-1)).toEqual({ x: 12_344, y: 1 });
});

test('a quantile is the least value that so many do not exceed', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.2, 0.5, 0.8, 0.81, 1].map((share) => quantileOf(values, share))).toEqual([1, 1, 3, 4, 5, 5]);
  expect(quantileOf([], 0.5)).toBeUndefined();
});

test('of a long stream evenly many values are kept', () => {
  const thinned = new Thinned(100);
  for (let i = 0; i < 1_000; i += 1) thinned.add(i);
  const { values } = thinned;
  expect(values.length).toBeGreaterThan(50);
  expect(values.length).toBeLessThanOrEqual(100);
  expect(new Set(values.slice(1).map((value, i) => value - (values[i] ?? 0)))).toEqual(new Set([16]));
});
