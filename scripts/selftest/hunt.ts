import type { SimBug } from '../../node/cli/index.ts';
import { infested } from './infested.ts';
import { type PlantedBug, scenarioPath } from './planted-bug.ts';

/**
 * Looks for a bug, seed by seed from 1 on through all scenarios that may show it, until a run fails.
 * @param tell called before each run
 */
export const hunt = async (
  bug: PlantedBug,
  seeds: number,
  tell: (seed: number) => void = () => undefined,
): Promise<SimBug> => {
  const { name, about, file, scenarios } = bug;
  const { simulations, machine } = await infested(bug);
  const { expandScenario, loadScenario, runPlan } = simulations;
  const known = scenarios.map((scenario) => ({ scenario, loaded: loadScenario(scenarioPath(scenario)) }));
  let runs = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    tell(seed);
    for (const { scenario, loaded } of known) {
      runs += 1;
      const plan = expandScenario(loaded, { seed: BigInt(seed) });
      const { verdict, violations } = await runPlan(plan, machine, { violationsMax: 1 });
      const [first] = violations;
      if (verdict !== 'fail' || first === undefined) continue;
      const { invariant, message } = first;
      return { name, about, file, runs, caught: { scenario, seed, invariant, message } };
    }
  }
  return { name, about, file, runs, caught: null };
};
