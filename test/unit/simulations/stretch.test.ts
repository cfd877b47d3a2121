import { expect, test } from 'vitest';
import type { EventId } from '../../../protocol/event/index.ts';
import type { SessionSpan } from '../../../simulations/network/index.ts';
import { Floor } from '../../../simulations/run/floor.ts';
import { Stretch } from '../../../simulations/run/stretch.ts';

const span = (a: number, b: number, over: Partial<SessionSpan> = {}): SessionSpan => ({
  a,
  b,
  fromUs: 0,
  toUs: 1_000_000,
  minUs: 10,
  ...over,
});

test('word goes along the way on which it comes first, waits for sessions, and misses those that end too early', () => {
  const floor = new Floor(6, [
    span(0, 1),
    span(1, 2),
    // Direct, and slower than through device 1.
    span(0, 2, { minUs: 100 }),
    span(2, 3, { fromUs: 500 }),
    // Over before anything can have come.
    span(3, 4, { toUs: 515 }),
  ]);
  expect([...floor.arrivals(0, 5)]).toEqual([5, 15, 25, 510, Infinity, Infinity]);
  expect([...floor.arrivals(4, 600)]).toEqual([Infinity, Infinity, Infinity, Infinity, 600, Infinity]);
  expect([...floor.arrivals(3, 505)].slice(2)).toEqual([515, 505, 515, Infinity]);
});

test('the stretch is what was needed over what had to be, in the middle', () => {
  const stretch = new Stretch();
  const see = (event: string, device: number, visibleUs: number): void =>
    stretch.visible({ event: event as EventId, author: 0, authoredUs: 100, device, visibleUs });
  expect(stretch.median(3, [span(0, 1)])).toBeUndefined();
  see('a', 0, 100);
  see('a', 1, 120);
  see('a', 2, 160);
  // Nothing says when this was written.
  see('b', 1, 9_999);
  expect(stretch.median(3, [span(0, 1), span(1, 2)])).toBe(2.5);
  // The other device had no way to learn of it.
  expect(stretch.median(3, [span(0, 1)])).toBe(2);
});

test('of many events a part is kept', () => {
  const stretch = new Stretch();
  for (let i = 0; i < 10_000; i += 1) {
    for (const device of [0, 1]) {
      const visibleUs = i + (device === 0 ? 0 : 10 * (1 + (i % 3)));
      stretch.visible({ event: `${i}` as EventId, author: 0, authoredUs: i, device, visibleUs });
    }
  }
  expect(stretch.median(2, [span(0, 1)])).toBe(2);
});
