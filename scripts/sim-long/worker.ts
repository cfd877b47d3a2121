/** A process of its own: runs each task that it is sent, and answers with what came of it. */
import process from 'node:process';
import { machine } from '../../node/simulator/machine.ts';
import { expandScenario, loadScenario, type RunViolation, runPlan } from '../../simulations/index.ts';
import type { Result, Task } from './task.ts';

const problemOf = ({ invariant, atUs, device, message }: RunViolation): string =>
  `${invariant} at ${(atUs / 1_000_000).toFixed(1)} s, device ${device}: ${message}`;

const run = async ({ scenario, seed }: Task): Promise<Result> => {
  const plan = expandScenario(loadScenario(scenario), { seed: BigInt(seed) });
  const { verdict, missed, violations, peakMemoryBytes, wallMs } = await runPlan(plan, machine);
  return { verdict, missed, peakMemoryBytes, wallMs, problems: violations.map(problemOf) };
};

process.on('message', (task: Task) => {
  void run(task).then((result) => process.send?.(result));
});
// An interruption is for the process that hands out the tasks: what is begun comes to its end.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
