import { join } from 'node:path';
import type { Outcome } from '../../simulations/index.ts';
import type { SimRunInput } from '../cli/index.ts';
import { readScenario } from './outside-workload.ts';
import { runInProcesses } from './run-processes.ts';
import type { RunTask } from './run-task.ts';
import { seedAfter } from './seeds.ts';

/** Runs a scenario with several seeds, in processes of their own. Outcomes come in order. */
export const runSeeds = async (input: SimRunInput): Promise<void> => {
  const { seeds, jobs, signal, onOutcome, onProgress } = input;
  const tasks = await tasksOf(input);
  const shares = new Map<RunTask, number>();
  const progress = (task: RunTask, share: number): void => {
    shares.set(task, share);
    const done = [...shares.values()].reduce((sum, each) => sum + each, 0);
    onProgress({ phase: `${task.scenario.name}, seed ${task.seed}`, done, total: seeds });
  };
  const outcomes = new Map<RunTask, Outcome>();
  let told = 0;
  await runInProcesses(tasks, {
    jobs,
    signal,
    progress,
    async done(ended, ofEnded) {
      outcomes.set(ended, ofEnded);
      for (let task = tasks[told]; task !== undefined; task = tasks[told]) {
        const outcome = outcomes.get(task);
        if (outcome === undefined) return;
        outcomes.delete(task);
        told += 1;
        await onOutcome(outcome, task.kept?.folder);
      }
    },
  });
};

const tasksOf = async (input: SimRunInput): Promise<readonly RunTask[]> => {
  const { seed, seeds, peers, mode, out, version } = input;
  const read = await readScenario(input.scenario, input.workload);
  return Array.from({ length: seeds }, (_, i) => {
    const own = seedAfter(seed, i).toString();
    const folder = out === undefined || seeds === 1 ? out : join(out, own);
    return {
      ...read,
      seed: own,
      mode,
      ...(peers !== undefined && { peers }),
      ...(folder !== undefined && { kept: { folder, when: 'always', version } }),
    };
  });
};
