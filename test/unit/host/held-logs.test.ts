import { expect, test } from 'vitest';
import { HeldLogs } from '../../../node/host/real/held-logs.ts';
import type { EventId, Origin } from '../../../protocol/event/index.ts';
import type { PlannedDevice, PlannedLink, Sighting } from '../../../simulations/index.ts';

const A = 'a' as Origin;

/** Events of one log of device 0, by seq. */
const PLACES = new Map([1, 2, 3].map((seq) => [`${seq}` as EventId, { origin: A, seq }]));

const sighting = (seq: number, authoredUs: number, device: number, visibleUs: number): Sighting => ({
  event: `${seq}` as EventId,
  author: 0,
  authoredUs,
  device,
  visibleUs,
});

/** Three devices in a row. */
const PLAN = {
  devices: Array.from({ length: 3 }, () => ({}) as PlannedDevice),
  links: [
    { a: 0, b: 1 },
    { a: 1, b: 2 },
  ] as PlannedLink[],
};

const seqs = (held: readonly ReadonlyMap<Origin, number>[]) => held.map((logs) => logs.get(A) ?? 0);

test('what was seen before a time is held, and nothing later', () => {
  const logs = new HeldLogs(PLAN, PLACES, [
    sighting(1, 10, 0, 10),
    sighting(1, 10, 1, 20),
    sighting(1, 10, 2, 30),
  ]);
  expect(seqs(logs.at(10))).toEqual([0, 0, 0]);
  expect(seqs(logs.at(21))).toEqual([1, 1, 0]);
  expect(seqs(logs.at(40))).toEqual([1, 1, 1]);
});

test('what is on its way at a parting is held by the first who gets it', () => {
  const sightings = [
    sighting(1, 10, 0, 10),
    sighting(2, 12, 0, 12),
    sighting(1, 10, 1, 20),
    // Sent before 0 was cut off at 15, and passed on afterwards.
    sighting(2, 12, 1, 22),
    sighting(1, 10, 2, 30),
    sighting(2, 12, 2, 32),
  ];
  const parted = new Set(['0 1']);
  expect(seqs(new HeldLogs(PLAN, PLACES, sightings).atParting(15, parted, 100))).toEqual([2, 2, 0]);
});

test('what comes when all are together again is not on its way', () => {
  const sightings = [sighting(1, 10, 0, 10), sighting(1, 10, 1, 60)];
  expect(seqs(new HeldLogs(PLAN, PLACES, sightings).atParting(15, new Set(['0 1']), 50))).toEqual([1, 0, 0]);
});

test('what is written after a parting is asked for by nobody', () => {
  const sightings = [sighting(1, 16, 0, 16), sighting(1, 16, 1, 17)];
  expect(seqs(new HeldLogs(PLAN, PLACES, sightings).atParting(15, new Set(['0 1']), 50))).toEqual([0, 0, 0]);
});
