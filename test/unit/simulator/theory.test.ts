import { describe, expect, test } from 'vitest';
import { lastFaultUs, partedSpans } from '../../../node/simulator/report/plan-spans.ts';
import { gossipRounds } from '../../../node/simulator/report/theory.ts';
import type { Fault, Plan } from '../../../simulations/index.ts';

test('rounds of gossip are those of the formulas', () => {
  const { push, pull, pushPull } = gossipRounds(1_024);
  // log2 1024 = 10, ln 1024 = 6.931, log3 1024 = 6.309, log2 6.931 = 2.793
  expect([push, pull, pushPull].map((rounds) => rounds.toFixed(3))).toEqual(['16.931', '12.793', '9.102']);
  expect(gossipRounds(2).pull).toBe(1);
});

describe('the spans in which devices are parted', () => {
  const planOf = (faults: readonly Fault[]): Pick<Plan, 'faults' | 'phases'> => ({
    faults,
    phases: { setupUs: 1, chaosUs: 90, healUs: 100, quietUs: 5 },
  });
  const fault = (type: 'block' | 'unblock', atUs: number): Fault => ({ type, atUs, from: 0, to: 1 });

  test('go from the first block to the end of the last', () => {
    const plan = planOf([
      fault('block', 10),
      fault('block', 20),
      fault('unblock', 30),
      { type: 'crash', device: 0, atUs: 35 },
      fault('unblock', 40),
      fault('block', 50),
      fault('unblock', 60),
    ]);
    expect(partedSpans(plan)).toEqual([
      [10, 40],
      [50, 60],
    ]);
    expect(lastFaultUs(plan)).toBe(60);
  });

  test('go on to the end where nobody ends them', () => {
    expect(partedSpans(planOf([fault('block', 10)]))).toEqual([[10, 100]]);
    expect([partedSpans(planOf([])), lastFaultUs(planOf([]))]).toEqual([[], undefined]);
  });
});
