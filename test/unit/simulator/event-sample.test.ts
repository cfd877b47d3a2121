import { expect, test } from 'vitest';
import { EventSample } from '../../../node/simulator/files/event-sample.ts';
import type { EventId } from '../../../protocol/event/index.ts';
import type { Operation, PlannedDevice } from '../../../simulations/index.ts';

const eventOf = (number: number): EventId => `ev${number}` as EventId;

test('evenly many events are chosen, and stay so', () => {
  const sample = new EventSample(3);
  const ask = () => Array.from({ length: 7 }, (_, i) => sample.has(eventOf(i)));
  expect(ask()).toEqual([true, false, false, true, false, false, true]);
  expect(ask()).toEqual([true, false, false, true, false, false, true]);
});

test.each([
  [20, 1_000, 20],
  // Their admissions are events too: 8 million lines.
  [2_000, 2_000, 5],
])('of a run of %d devices with %d writes, %d in 20 are followed', (count, writes, followed) => {
  const device: PlannedDevice = { role: 'writer', clockAheadMs: 0, clockDriftPpm: 0, readUs: 1, syncUs: 1 };
  const operation: Operation = { atUs: 0, device: 0, type: 'write', drafts: [{} as never] };
  const sample = EventSample.of({
    devices: Array.from({ length: count }, () => device),
    operations: Array.from({ length: writes }, () => operation),
  });
  const chosen = Array.from({ length: 20 }, (_, i) => sample.has(eventOf(i))).filter(Boolean);
  expect(chosen).toHaveLength(followed);
});
