/**
 * Runs the library of scenarios with many seeds, on all cores. Prints a line for each run that fails, with the command
 * that runs it once more, and a table in the end. Exits with 1 when one has failed; an interruption ends it early.
 */
import process from 'node:process';
import { violationText } from '../node/cli/views/simulation-view.ts';
import { type RunTask, runInProcesses } from '../node/simulator/index.ts';
import { seedAfter } from '../node/simulator/seeds.ts';
import { readArgs } from './read-args.ts';
import { type LongOptions, readOptions, USAGE } from './sim-long/options.ts';
import { Tally } from './sim-long/tally.ts';
import { commandOf, tasksOf } from './sim-long/task.ts';

/** After so many runs it is told how far it is. */
const TELL_AFTER = 100;

/** A run that takes longer has gone astray. */
const RUN_MS_MAX = 600_000;

/** Of a process that was interrupted by somebody (SIGINT). */
const INTERRUPTED = 130;

/** The exit code. */
const runLong = async (options: LongOptions): Promise<number> => {
  const { runs, from, jobs, scenarios } = options;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const tally = new Tally();
  /** Runs of each seed that are done: seeds are begun in their order, and end in any. */
  const doneOf = new Map<string, number>();
  console.log(`${runs} runs of ${scenarios.length} scenarios from seed ${from} on, ${jobs} at a time`);
  const tell = (task: RunTask, problems: readonly string[]): void => {
    const { scenario, seed } = task;
    doneOf.set(seed, 1 + (doneOf.get(seed) ?? 0));
    if (problems.length > 0) {
      console.log(`fail    ${scenario.name}, seed ${seed}: ${problems.join('; ')}`);
      console.log(`        ${commandOf(task)}`);
    }
    if (tally.runs % TELL_AFTER === 0)
      console.log(`${tally.runs} of ${runs} runs, ${tally.of('fail')} failed`);
  };
  await runInProcesses(tasksOf(options), {
    jobs,
    signal: stop.signal,
    runMsMax: RUN_MS_MAX,
    async done(task, outcome) {
      tally.add(task.scenario.name, outcome);
      tell(task, outcome.violations.map(violationText));
    },
    async failed(task, { message }) {
      tally.addBroken(task.scenario.name);
      tell(task, [message]);
    },
  });
  console.log(`\n${await tally.table()}\n`);
  console.log(
    `${tally.runs} runs: ${tally.of('pass')} passed, ${tally.of('unknown')} say nothing, ${tally.of('fail')} failed`,
  );
  if (stop.signal.aborted)
    console.log(`interrupted; go on with --from ${nextSeed(from, doneOf, scenarios.length)}`);
  return tally.of('fail') > 0 ? 1 : stop.signal.aborted ? INTERRUPTED : 0;
};

/** The first seed with which not all scenarios were run. */
const nextSeed = (from: bigint, doneOf: ReadonlyMap<string, number>, scenarios: number): bigint => {
  let seed = from;
  while ((doneOf.get(seed.toString()) ?? 0) >= scenarios) seed = seedAfter(seed, 1);
  return seed;
};

const options = readArgs(readOptions, USAGE);
process.exitCode = options === undefined ? 1 : await runLong(options);
