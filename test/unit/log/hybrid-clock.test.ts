import { describe, expect, test } from 'vitest';
import {
  FAR_FUTURE_MS,
  isFarFuture,
  nextTimestamp,
  observeForeign,
  observeOwn,
  startOfTime,
} from '../../../protocol/log/index.ts';

const NOW = 1_700_000_000_000;

describe('the next timestamp of a device', () => {
  test('is the wall clock when that is ahead of all that was written and read', () => {
    expect(nextTimestamp(startOfTime, NOW)).toBe(NOW);
    expect(nextTimestamp(startOfTime, 0)).toBe(0);
  });

  test('does not go back when the wall clock does', () => {
    const clock = observeOwn(startOfTime, NOW);
    expect(nextTimestamp(clock, NOW - 5000)).toBe(NOW);
  });

  test('does not go back when an own event with a lower timestamp is counted again', () => {
    const clock = observeOwn(observeOwn(startOfTime, NOW), NOW - 1);
    expect(nextTimestamp(clock, 0)).toBe(NOW);
  });

  test('is one past the highest foreign timestamp, so that it sorts after what it has seen', () => {
    const clock = observeForeign(observeForeign(startOfTime, NOW + 50, NOW), NOW + 40, NOW);
    expect(nextTimestamp(clock, NOW)).toBe(NOW + 51);
    expect(nextTimestamp(observeForeign(startOfTime, NOW, NOW), NOW)).toBe(NOW + 1);
    expect(nextTimestamp(observeForeign(startOfTime, 0, 0), 0)).toBe(1);
  });
});

describe('a foreign timestamp far ahead', () => {
  const limit = NOW + FAR_FUTURE_MS;

  test('is one more than 24 hours past the wall clock', () => {
    expect(FAR_FUTURE_MS).toBe(86_400_000);
    expect(isFarFuture(limit, NOW)).toBe(false);
    expect(isFarFuture(limit + 1, NOW)).toBe(true);
  });

  test('pulls the clock at the limit and not one past it', () => {
    expect(nextTimestamp(observeForeign(startOfTime, limit, NOW), NOW)).toBe(limit + 1);
    expect(observeForeign(startOfTime, limit + 1, NOW)).toEqual(startOfTime);
  });

  test('does not undo what an earlier, believable one did', () => {
    const clock = observeForeign(observeForeign(startOfTime, NOW + 9, NOW), limit + 1, NOW);
    expect(nextTimestamp(clock, NOW)).toBe(NOW + 10);
  });
});
