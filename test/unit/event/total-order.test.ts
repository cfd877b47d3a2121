import { expect, test } from 'vitest';
import { compareEvents, type Ordered } from '../../../protocol/event/index.ts';

const event = (timestamp: number, origin: string, seq: number, id: string): Ordered => ({
  timestamp,
  origin,
  seq,
  id,
});

/** Each differs from the one before in the first thing that decides. */
const SORTED: readonly Ordered[] = [
  event(0, 'z', 9, 'z'),
  event(2 ** 31, 'z', 9, 'z'),
  event(2 ** 32, 'B', 9, 'z'),
  event(2 ** 32, 'a', 9, 'z'),
  event(2 ** 32, 'a', 10, 'a'),
  event(2 ** 32, 'a', 10, 'b'),
  event(8.64e15, 'a', 1, 'a'),
];

test('timestamp, then origin, then seq, then id', () => {
  for (const [i, a] of SORTED.entries()) {
    for (const [j, b] of SORTED.entries()) expect(Math.sign(compareEvents(a, b))).toBe(Math.sign(i - j));
  }
});
