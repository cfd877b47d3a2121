import {
  type Exploration,
  exploreGraphs,
  type GraphCount,
  listScenarios,
  type Outcome,
  runPlan,
} from '../../simulations/index.ts';
import type { SimExploreInput, SimReplay, Simulator } from '../cli/index.ts';
import { machine } from './machine.ts';
import { openSimulator } from './open-simulator.ts';
import { readRunFolder } from './run-folder.ts';
import { runSeeds } from './run-seeds.ts';
import { selftest } from './selftest.ts';
import { shrinkRun } from './shrink-run.ts';
import { mergeSweeps, runSweep } from './sweep/run-sweep.ts';

/** Sizes of the causal graphs that are explored. */
const GRAPH_EVENTS = [1, 2, 3, 4, 5];

/** The simulator, as the commands use it. */
export const simulator: Simulator = {
  list: async () => listScenarios(),
  run: runSeeds,
  async replay(folder: string): Promise<SimReplay> {
    const { plan, traceHash } = await readRunFolder(folder);
    const outcome: Outcome = await runPlan(plan, machine);
    return { outcome, sameTrace: outcome.traceHash === traceHash };
  },
  selftest,
  async explore({ scope, statesMax, onProgress }: SimExploreInput): Promise<Exploration> {
    const { explore } = await openSimulator();
    const progress = (states: number, depth: number): void =>
      onProgress({ phase: `${states} states, ${depth} deep`, done: states, total: statesMax });
    return explore(scope, machine, { statesMax, progress });
  },
  async exploreGraphs(onProgress): Promise<readonly GraphCount[]> {
    return GRAPH_EVENTS.map((events, done) => {
      onProgress({ phase: `graphs of ${events} events`, done, total: GRAPH_EVENTS.length });
      return exploreGraphs(events, machine);
    });
  },
  shrink: shrinkRun,
  sweep: runSweep,
  merge: mergeSweeps,
};
