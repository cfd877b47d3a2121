import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../support/differences.ts';
import { type FilledPair, filledPair } from '../../support/filled-pair.ts';
import { part } from '../../support/wired-pair.ts';

const FILLINGS = [
  { events: 3000, logs: 1, devices: 2 },
  { events: 3000, logs: 10, devices: 12 },
  { events: 600, logs: 600, devices: 12 },
];

/** scripts/bench/reconnect.ts measures the same for up to a million events. */
describe.each(FILLINGS)('$events events in $logs logs', (filling) => {
  it('cost no more to reconcile than is promised', async () => {
    const pair: FilledPair = await filledPair(filling);
    for (const { name, promise, meet } of differencesOf(pair)) {
      const meeting = await meet(pair);
      await part(pair.a, pair.b);
      expect([name, promise.broken(meeting)]).toEqual([name, undefined]);
    }
  });
});
