import { expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import { expandScenario, loadScenario, runPlan } from '../../simulations/index.ts';

/** Runs that have failed once, and what was wrong. */
const REGRESSIONS: readonly (readonly [scenario: string, seed: bigint, wrong: string])[] = [
  [
    'broken-for-good',
    5001n,
    'what a device outside of the core lacks for ever was held against who sends it',
  ],
  [
    'harm-of-all-kinds',
    20007n,
    'what a twin wrote was held against what stands at the same place in the history of the other one',
  ],
];

test.each(REGRESSIONS)('%s with seed %i: %s', { timeout: 120_000 }, async (name, seed) => {
  const { verdict, violations } = await runPlan(expandScenario(loadScenario(name), { seed }), machine);
  expect({ verdict, violations }).toEqual({ verdict: 'pass', violations: [] });
});
