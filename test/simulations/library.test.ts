import { describe, expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import { expandScenario, listScenarios, loadScenario, runPlan } from '../../simulations/index.ts';

/** Each scenario with one seed. `smo sim run NAME --seeds N` takes as many as one likes. */
const SEED = 1n;

describe('a scenario of the library', () => {
  test.each(listScenarios().map(({ name }) => name))('%s passes', { timeout: 120_000 }, async (name) => {
    const outcome = await runPlan(expandScenario(loadScenario(name), { seed: SEED }), machine);
    const { verdict, violations, missed, digests } = outcome;
    expect({ verdict, violations, missed, digests: digests.length }).toEqual({
      verdict: 'pass',
      violations: [],
      missed: [],
      digests: 1,
    });
  });
});
