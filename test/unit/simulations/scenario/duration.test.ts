import { describe, expect, test } from 'vitest';
import { durationRange, durationUs } from '../../../../simulations/scenario/duration.ts';
import { nearest } from '../../../../simulations/scenario/nearest.ts';

describe('a duration', () => {
  test.each([
    ['0s', 0],
    ['7us', 7],
    ['500ms', 500_000],
    ['30s', 30_000_000],
    ['10m', 600_000_000],
    ['2h', 7_200_000_000],
    ['1d', 86_400_000_000],
    ['-2h', -7_200_000_000],
    ['+5ms', 5_000],
    ['-0s', 0],
  ])('%s', (text, us) => {
    expect(durationUs(text)).toBe(us);
  });

  test.each(['', '5', 's', '5 s', '1.5s', '5S', '5min', '5s ', 'ms5', '999999999999d'])(
    'is not "%s"',
    (text) => {
      expect(durationUs(text)).toBeNaN();
    },
  );

  test('alone is a range of one, with another a range from one to the other', () => {
    expect(durationRange('5s')).toEqual({ from: 5_000_000, to: 5_000_000 });
    expect(durationRange('-1m to 1m')).toEqual({ from: -60_000_000, to: 60_000_000 });
  });
});

test('the nearest known word is the one with the fewest letters that differ, if they are few', () => {
  const known = ['partition', 'isolate', 'clog', 'clock'];
  expect(nearest('clokk', known)).toBe('clock');
  expect(nearest('Isolat', known)).toBe('isolate');
  expect(nearest('clog', known)).toBe('clog');
  expect(nearest('somewhere', known)).toBeUndefined();
  expect(nearest('xy', known)).toBeUndefined();
});
