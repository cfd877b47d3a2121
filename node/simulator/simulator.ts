import { listScenarios, type Outcome, runPlan } from '../../simulations/index.ts';
import type { SimReplay, Simulator } from '../cli/index.ts';
import { machine } from './machine.ts';
import { readRunFolder } from './run-folder.ts';
import { runSeeds } from './run-seeds.ts';
import { shrinkRun } from './shrink-run.ts';
import { mergeSweeps, runSweep } from './sweep/run-sweep.ts';

/** The simulator, as the commands use it. */
export const simulator: Simulator = {
  list: async () => listScenarios(),
  run: runSeeds,
  async replay(folder: string): Promise<SimReplay> {
    const { plan, traceHash } = await readRunFolder(folder);
    const outcome: Outcome = await runPlan(plan, machine);
    return { outcome, sameTrace: outcome.traceHash === traceHash };
  },
  shrink: shrinkRun,
  sweep: runSweep,
  merge: mergeSweeps,
};
