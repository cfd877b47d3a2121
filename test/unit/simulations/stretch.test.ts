import { expect, test } from 'vitest';
import type { EventId } from '../../../protocol/event/index.ts';
import type { Passage } from '../../../simulations/network/index.ts';
import { Floor } from '../../../simulations/run/floor.ts';
import { Stretch } from '../../../simulations/run/stretch.ts';

/** Both directions of a link. */
const way = (a: number, b: number, over: Partial<Passage> = {}): readonly Passage[] =>
  [[a, b] as const, [b, a] as const].map(([from, to]) => ({
    from,
    to,
    fromUs: 0,
    toUs: 1_000_000,
    endsUs: 1_000_000,
    minUs: 10,
    ...over,
  }));

const ways = (...all: readonly (readonly Passage[])[]): readonly Passage[] => all.flat();

test('word goes along the way on which it comes first, waits for sessions, and misses those that end too early', () => {
  const passages = ways(
    way(0, 1),
    way(1, 2),
    // Direct, and slower than through device 1.
    way(0, 2, { minUs: 100 }),
    way(2, 3, { fromUs: 500 }),
    // Over before anything can have come.
    way(3, 4, { toUs: 515, endsUs: 515 }),
  );
  const floor = new Floor(6, passages);
  expect([...floor.arrivals(0, 5)]).toEqual([5, 15, 25, 510, Infinity, Infinity]);
  expect([...floor.arrivals(4, 600)]).toEqual([Infinity, Infinity, Infinity, Infinity, 600, Infinity]);
  expect([...floor.arrivals(3, 505)].slice(2)).toEqual([515, 505, 515, Infinity]);
});

test('word goes where frames go, in that direction; what has set out arrives though nothing more can set out', () => {
  const [there] = way(0, 1, { toUs: 100 });
  const [late] = way(0, 1, { fromUs: 400 });
  if (there === undefined || late === undefined) throw new Error('a way has two directions');
  const floor = new Floor(2, [there, late]);
  expect([...floor.arrivals(0, 95)]).toEqual([95, 105]);
  expect([...floor.arrivals(0, 101)]).toEqual([101, 410]);
  expect([...floor.arrivals(1, 0)]).toEqual([Infinity, 0]);
});

test('the stretch is what was needed over what had to be, in the middle', () => {
  const stretch = new Stretch();
  const see = (event: string, device: number, visibleUs: number): void =>
    stretch.visible({ event: event as EventId, author: 0, authoredUs: 100, device, visibleUs });
  expect(stretch.median(3, way(0, 1))).toBeUndefined();
  see('a', 0, 100);
  see('a', 1, 120);
  see('a', 2, 160);
  // Nothing says when this was written.
  see('b', 1, 9_999);
  expect(stretch.median(3, ways(way(0, 1), way(1, 2)))).toBe(2.5);
  // The other device had no way to learn of it.
  expect(stretch.median(3, way(0, 1))).toBe(2);
});

test('of many events a part is kept', () => {
  const stretch = new Stretch();
  for (let i = 0; i < 10_000; i += 1) {
    for (const device of [0, 1]) {
      const visibleUs = i + (device === 0 ? 0 : 10 * (1 + (i % 3)));
      stretch.visible({ event: `${i}` as EventId, author: 0, authoredUs: i, device, visibleUs });
    }
  }
  expect(stretch.median(2, way(0, 1))).toBe(2);
});
