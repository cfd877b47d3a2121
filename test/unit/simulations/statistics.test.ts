import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, medianInterval } from '../../../simulations/statistics/index.ts';

const oneTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 60 });

describe('the median', () => {
  test('is the value in the middle, or between the two', () => {
    expect(median([])).toBeUndefined();
    expect(median([7])).toBe(7);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 3])).toBe(2.5);
    expect(median([1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(median([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  });

  test('has as many values on either side, in whatever order they stand', () => {
    fc.assert(
      fc.property(values, fc.nat(), (some, turn) => {
        const middle = median(some) ?? Number.NaN;
        const half = some.length / 2;
        expect(some.filter((value) => value <= middle).length).toBeGreaterThanOrEqual(half);
        expect(some.filter((value) => value >= middle).length).toBeGreaterThanOrEqual(half);
        const at = turn % some.length;
        expect(median([...some.slice(at), ...some.slice(0, at)])).toBe(middle);
      }),
    );
  });
});

describe('the interval of the median', () => {
  // Ranks as tables of the sign test have them for 95 %.
  test.each([
    [10, 2, 9],
    [11, 2, 10],
    [12, 3, 10],
    [15, 4, 12],
    [20, 6, 15],
    [25, 8, 18],
    [30, 10, 21],
    [50, 18, 33],
    [100, 40, 61],
  ])('of %i values goes from rank %i to rank %i', (count, low, high) => {
    expect(medianInterval(oneTo(count).toReversed())).toEqual({ low, high });
  });

  test('is left out with fewer than ten values', () => {
    expect(medianInterval(oneTo(9))).toBeUndefined();
    expect(medianInterval([])).toBeUndefined();
  });

  test('holds the median of the values', () => {
    fc.assert(
      fc.property(values, (some) => {
        const interval = medianInterval(some);
        const middle = median(some) ?? Number.NaN;
        if (interval === undefined) expect(some.length).toBeLessThan(10);
        else expect([interval.low <= middle, middle <= interval.high]).toEqual([true, true]);
      }),
    );
  });

  test('takes thousands of values', () => {
    const { low, high } = medianInterval(oneTo(10_000)) ?? { low: 0, high: 0 };
    // About 1.96 standard deviations of 50 ranks each to both sides.
    expect([low, high]).toEqual([4_902, 5_099]);
  });
});
