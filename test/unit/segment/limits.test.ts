import { expect, test } from 'vitest';
import { EVENT_LIMITS } from '../../../protocol/event/index.ts';
import { fits, SEGMENT_LIMITS } from '../../../protocol/segment/index.ts';

const { eventsMax, bytesMax } = SEGMENT_LIMITS;

test('a segment takes records up to its number and no further', () => {
  expect(fits({ events: eventsMax - 1, bytes: eventsMax - 1 }, 1)).toBe(true);
  expect(fits({ events: eventsMax, bytes: eventsMax }, 1)).toBe(false);
});

test('a segment takes bytes up to its size and not one more', () => {
  expect(fits({ events: 4, bytes: bytesMax - 100 }, 100)).toBe(true);
  expect(fits({ events: 4, bytes: bytesMax - 100 }, 101)).toBe(false);
});

test('an empty segment takes the largest record', () => {
  expect(fits({ events: 0, bytes: 0 }, EVENT_LIMITS.recordBytesMax)).toBe(true);
});
