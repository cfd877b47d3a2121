import { expect, test } from 'vitest';
import { compareBytes } from '../../../node/host/real/compare-bytes.ts';

test.each([
  [400_000, 500_000, 25],
  [400_000, 300_000, -25],
  [400_000, 400_000, 0],
])('of %d and %d bytes, the second is %d %% more', (simulated, real, morePercent) => {
  const compared = compareBytes({ bytes: simulated }, { bytes: real });
  expect(compared).toEqual({ morePercent, morePercentMax: 25 });
});

test('few bytes are not judged', () => {
  const judged = (bytes: number) => compareBytes({ bytes }, { bytes }).unjudged === undefined;
  expect([judged(24_999), judged(25_000)]).toEqual([false, true]);
});
