import { expandScenario, type Outcome, runPlan } from '../../simulations/index.ts';
import { machine } from './machine.ts';
import { runIntoFolder } from './run-folder.ts';
import type { RunTask } from './run-task.ts';

/**
 * Runs what a task says.
 * @param progress is told which share of the run is done
 */
export const doTask = async (task: RunTask, progress: (share: number) => void): Promise<Outcome> => {
  const { scenario, given, seed, peers, mode, folder, keep, version } = task;
  const plan = expandScenario(scenario, {
    seed: BigInt(seed),
    ...(peers !== undefined && { peers }),
    ...(given !== undefined && { given }),
  });
  const { chaosUs } = plan.phases;
  // After the chaos there is no telling how long it takes.
  const tell = (nowUs: number): void => progress(Math.min(1, nowUs / chaosUs));
  if (folder !== undefined && keep === 'always')
    return runIntoFolder(folder, plan, machine, { mode, version, progress: tell });
  const outcome = await runPlan(plan, machine, { mode, progress: tell });
  // The same once more, to the last step; what passes, and that is nearly all, is never written.
  if (folder !== undefined && outcome.verdict === 'fail')
    await runIntoFolder(folder, plan, machine, { mode, version, progress: () => undefined });
  return outcome;
};
