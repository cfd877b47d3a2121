import { join } from 'node:path';
import { expandScenario, listScenarios, type Outcome, runPlan } from '../../simulations/index.ts';
import type { SimReplay, SimRunInput, Simulator } from '../cli/index.ts';
import { machine } from './machine.ts';
import { readScenario } from './outside-workload.ts';
import { readRunFolder, runIntoFolder } from './run-folder.ts';

/** Seeds have 64 bits. */
const SEED_MASK = 2n ** 64n - 1n;

/** The simulator, as the commands use it. */
export const simulator: Simulator = {
  list: async () => listScenarios(),
  async run(input: SimRunInput): Promise<void> {
    const { seed, seeds, peers, out, version, onOutcome, onProgress } = input;
    const { scenario, given } = await readScenario(input.scenario, input.workload);
    for (let i = 0; i < seeds; i += 1) {
      const plan = expandScenario(scenario, {
        seed: (seed + BigInt(i)) & SEED_MASK,
        ...(peers !== undefined && { peers }),
        ...(given !== undefined && { given }),
      });
      const { chaosUs } = plan.phases;
      const phase = `${plan.name}, seed ${plan.seed}`;
      const progress = (nowUs: number): void =>
        onProgress({ phase, done: i + Math.min(1, nowUs / chaosUs), total: seeds });
      const folder = out && (seeds === 1 ? out : join(out, plan.seed));
      const outcome =
        folder === undefined
          ? await runPlan(plan, machine, { progress })
          : await runIntoFolder(folder, plan, machine, { version, progress });
      await onOutcome(outcome, folder);
    }
  },
  async replay(folder: string): Promise<SimReplay> {
    const { plan, traceHash } = await readRunFolder(folder);
    const outcome: Outcome = await runPlan(plan, machine);
    return { outcome, sameTrace: outcome.traceHash === traceHash };
  },
};
