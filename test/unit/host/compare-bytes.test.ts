import { expect, test } from 'vitest';
import { compareBytes } from '../../../node/host/real/compare-bytes.ts';
import type { PlannedLink } from '../../../simulations/index.ts';

const linksOf = (...delays: readonly number[]) => ({
  links: delays.map((minUs) => ({ minUs, meanExtraUs: 0 }) as PlannedLink),
});

test.each([
  [400_000, 500_000, 25],
  [400_000, 300_000, -25],
  [400_000, 400_000, 0],
])('of %d and %d bytes, the second is %d %% more', (simulated, real, morePercent) => {
  const compared = compareBytes(linksOf(5_000), { bytes: simulated }, { bytes: real });
  expect(compared).toEqual({ morePercent, morePercentMax: 25 });
});

test('few bytes are not judged', () => {
  const judged = (bytes: number) => compareBytes(linksOf(5_000), { bytes }, { bytes }).unjudged === undefined;
  expect([judged(249_999), judged(250_000)]).toEqual([false, true]);
});

test('slow links are not judged', () => {
  const bytes = { bytes: 400_000 };
  const judged = (...delays: readonly number[]) =>
    compareBytes(linksOf(...delays), bytes, bytes).unjudged === undefined;
  expect([judged(50_000, 150_000), judged(50_000, 150_002)]).toEqual([true, false]);
});
