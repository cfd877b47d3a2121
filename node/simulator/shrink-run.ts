import { setImmediate } from 'node:timers/promises';
import { SmoError } from '../../protocol/fault/index.ts';
import { failureOf, type Outcome, type Plan, runPlan, shrinkPlan } from '../../simulations/index.ts';
import type { SimPlanSize, SimShrink, SimShrinkInput } from '../cli/index.ts';
import { machine } from './machine.ts';
import { readRunFolder, runIntoFolder } from './run-folder.ts';

/**
 * Looks for the smallest plan that fails as the one in the folder of a run, and writes the folder of its run.
 * @throws SmoError `not_a_run`, `plan_invalid`, `run_did_not_fail`
 */
export const shrinkRun = async (input: SimShrinkInput): Promise<SimShrink> => {
  const { folder, out, budget, version, signal, onProgress } = input;
  const { plan: whole } = await readRunFolder(folder);
  const first = await firstFailure(whole);
  const failure = failureOf(first);
  if (failure === undefined) throw notFailing(folder, first);
  const fails = async (plan: Plan): Promise<boolean> => {
    // Lets the program hear that it is to end.
    await setImmediate();
    return failureOf(await firstFailure(plan)) === failure;
  };
  const { plan, tried, isMinimal } = await shrinkPlan(whole, fails, {
    budget,
    signal,
    progress: (done, { devices, faults, operations }) => {
      const left = `${devices.length} devices, ${faults.length} faults, ${operations.length} operations`;
      onProgress({ phase: `left: ${left}`, done, total: budget });
    },
  });
  const outcome = await runIntoFolder(out, plan, machine, {
    mode: 'exact',
    version,
    progress: () => undefined,
  });
  return { outcome, before: sizeOf(whole), after: sizeOf(plan), runs: tried, isMinimal, folder: out };
};

/** A run that goes as far as its first violation. */
const firstFailure = (plan: Plan): Promise<Outcome> =>
  runPlan(plan, machine, { mode: 'scale', violationsMax: 1 });

const notFailing = (folder: string, { verdict, missed }: Outcome): SmoError => {
  if (verdict === 'unknown') {
    const message = `the run in ${folder} is unknown: this did not happen: ${missed.join(', ')}`;
    return new SmoError(
      'run_did_not_fail',
      message,
      'A smaller run would lack it as well; change the scenario.',
    );
  }
  return new SmoError(
    'run_did_not_fail',
    `the run in ${folder} passes with this version`,
    'Only what fails can be made smaller.',
  );
};

const sizeOf = ({ devices, links, faults, operations }: Plan): SimPlanSize => ({
  devices: devices.length,
  links: links.length,
  faults: faults.length,
  operations: operations.length,
  events: operations.reduce((sum, one) => sum + (one.type === 'write' ? one.drafts.length : 0), 0),
});
