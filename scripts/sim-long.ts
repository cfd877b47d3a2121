/**
 * Runs the library of scenarios with many seeds, on all cores. Prints a line for each run that fails, with the command
 * that runs it once more, and a table in the end. Exits with 1 when one has failed; an interruption ends it early.
 */
import process from 'node:process';
import { readArgs } from './read-args.ts';
import { type LongOptions, readOptions, USAGE } from './sim-long/options.ts';
import { runTasks } from './sim-long/pool.ts';
import { Tally } from './sim-long/tally.ts';
import { commandOf, tasksOf } from './sim-long/task.ts';

/** After so many runs it is told how far it is. */
const TELL_AFTER = 100;

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
  await runTasks(tasksOf(options), {
    jobs,
    signal: stop.signal,
    done(task, result) {
      tally.add(task, result);
      doneOf.set(task.seed, 1 + (doneOf.get(task.seed) ?? 0));
      if (result.verdict === 'fail') {
        console.log(`fail    ${task.scenario}, seed ${task.seed}: ${result.problems.join('; ')}`);
        console.log(`        ${commandOf(task)}`);
      }
      if (tally.runs % TELL_AFTER === 0)
        console.log(`${tally.runs} of ${runs} runs, ${tally.of('fail')} failed`);
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
  while ((doneOf.get(seed.toString()) ?? 0) >= scenarios) seed += 1n;
  return seed;
};

const options = readArgs(readOptions, USAGE);
process.exitCode = options === undefined ? 1 : await runLong(options);
