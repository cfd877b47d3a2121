import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TickTimer } from '../../../node/host/tick-timer.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
afterEach(() => void vi.useRealTimers());

const timer = () => {
  const ticks: number[] = [];
  return { ticks, timer: new TickTimer(Date.now, () => void ticks.push(Date.now())) };
};

test('calls back at the time that was set last, once', () => {
  const { ticks, timer: set } = timer();
  set.set(1_500);
  set.set(1_700);
  vi.advanceTimersByTime(1_000);
  expect(ticks).toEqual([1_700]);
});

test('a time that is over is due in the next turn, with everything else before it', () => {
  const { ticks, timer: set } = timer();
  set.set(900);
  expect(ticks).toEqual([]);
  vi.advanceTimersByTime(0);
  expect(ticks).toEqual([1_000]);
});

test.each([900, 1_500])('what is cancelled never comes (due at %i)', (dueMs) => {
  const { ticks, timer: set } = timer();
  set.set(dueMs);
  set.cancel();
  vi.advanceTimersByTime(5_000);
  expect(ticks).toEqual([]);
});
