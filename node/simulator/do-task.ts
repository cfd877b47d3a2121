import { expandScenario, type Outcome, runPlan } from '../../simulations/index.ts';
import { machine } from './machine.ts';
import { runIntoFolder } from './run-folder.ts';
import type { RunTask } from './run-task.ts';

/** Is told which share of a run is done, again and again; the run goes on when that is settled. */
export type ShareListener = (share: number) => void | Promise<void>;

/** Runs what a task says. */
export const doTask = async (task: RunTask, progress: ShareListener): Promise<Outcome> => {
  const { scenario, given, seed, peers, mode, kept } = task;
  const plan = expandScenario(scenario, {
    seed: BigInt(seed),
    ...(peers !== undefined && { peers }),
    ...(given !== undefined && { given }),
  });
  const { chaosUs } = plan.phases;
  // After the chaos there is no telling how long it takes.
  const tell = (nowUs: number): void | Promise<void> => progress(Math.min(1, nowUs / chaosUs));
  if (kept?.when === 'always')
    return runIntoFolder(kept.folder, plan, machine, { mode, version: kept.version, progress: tell });
  const outcome = await runPlan(plan, machine, { mode, progress: tell });
  // The same once more, to the last step; what passes, and that is nearly all, is never written.
  if (kept !== undefined && outcome.verdict === 'fail') {
    const { folder, version } = kept;
    await runIntoFolder(folder, plan, machine, { mode, version, progress: () => undefined });
  }
  return outcome;
};
