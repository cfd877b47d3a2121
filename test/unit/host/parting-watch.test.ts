import { expect, test } from 'vitest';
import { pairOf } from '../../../node/host/real/held-logs.ts';
import { PartingWatch } from '../../../node/host/real/parting-watch.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { makeOrigin, type PlacedEvent } from '../../../protocol/event/index.ts';
import type { Plan } from '../../../simulations/index.ts';

const IDS = ['a', 'b', 'c'] as readonly string[] as readonly DeviceId[];
const LOG = makeOrigin('a' as DeviceId, 'abcdefgh');

/** Three devices in a row, of which the first has written one event before the last is parted from the others. */
const partedRow = (): PartingWatch => {
  const links = [
    { a: 0, b: 1 },
    { a: 1, b: 2 },
  ];
  const watch = new PartingWatch({ devices: IDS.map(() => ({})), links } as unknown as Plan, IDS);
  watch.writes([event(1)]);
  watch.parts(new Set([pairOf(1, 2)]));
  watch.writes([event(2)]);
  return watch;
};

const event = (seq: number) => ({ origin: LOG, seq }) as PlacedEvent;

test('what was written before a parting, or on the same side, may be held', () => {
  const watch = partedRow();
  watch.holds(0, new Map([[LOG, 2]]));
  watch.holds(1, new Map([[LOG, 2]]));
  watch.holds(2, new Map([[LOG, 1]]));
  expect(watch.problems).toEqual([]);
});

test('what was written on the other side must not be held before the parting is over', () => {
  const watch = partedRow();
  watch.holds(2, new Map([[LOG, 2]]));
  expect(watch.problems).toEqual(['device 2 got what device 0 wrote while the two were parted']);
});

test('after a parting everything may be held', () => {
  const watch = partedRow();
  watch.parts(new Set());
  watch.holds(2, new Map([[LOG, 2]]));
  expect(watch.problems).toEqual([]);
});
