import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { addCommand } from '../../command-line.ts';
import { interruptible } from '../../interruptible.ts';
import { parseCount } from '../../option-values.ts';
import { EXIT, printResult, type Session } from '../../session.ts';
import type { SimSweep, SimSweepInput } from '../../simulator.ts';
import { jobsOption } from './jobs-option.ts';
import { modeOption } from './mode-option.ts';
import { parseSeed } from './seed-option.ts';
import { parseShard } from './shard-option.ts';
import { simulatorOf } from './simulator-of.ts';

type SweepOptions = Pick<SimSweepInput, 'seed' | 'seeds' | 'shard' | 'jobs' | 'mode'> & {
  readonly out?: string;
};

/** Adds `sim sweep`. */
export const addSweep = (parent: Command, session: Session): void => {
  addCommand(parent, 'sweep', {
    summary: 'run a scenario with many values and seeds, and tell the medians',
    description:
      'Runs a scenario with every combination of the values that its "sweep" lists, each with several seeds, on all cores; prints the medians with their 95 % intervals, and writes a row for each run (sweep.csv) and for each median (summary.csv). Runs that the folder holds already are not made again, so that a sweep that was interrupted goes on. Exit code: 0 all passed, 1 one failed, 3 none failed and one is unknown or left.',
    examples: [
      'sim sweep study.yaml --out study',
      'sim sweep study.yaml --shard 2/8 --out part-2',
      'sim sweep even-split --seeds 100 --jobs 4',
    ],
  })
    .argument('<scenario>', 'path of a file, or name of a scenario that comes with the program')
    .addOption(
      new Option('--seed <seed>', 'the first seed, up to 2^64 - 1').argParser(parseSeed).default(1n, '1'),
    )
    .option('--seeds <n>', 'how many seeds (default: what the file says, else 10)', parseCount(1))
    .addOption(
      new Option('--shard <i/n>', 'only one part of several, to be merged later')
        .argParser(parseShard)
        .default({ number: 1, of: 1 }, 'all'),
    )
    .addOption(modeOption())
    .addOption(jobsOption())
    .option('--out <folder>', 'folder that gathers the runs (default: the name of the scenario and "-sweep")')
    .action((scenario: string, options: SweepOptions) => sweep(session, scenario, options));
};

/** Adds `sim merge`. */
export const addMerge = (parent: Command, session: Session): void => {
  addCommand(parent, 'merge', {
    summary: 'gather the parts of a sweep',
    description:
      'Gathers the runs of several folders of one sweep in another one, with tables of all of them.',
    examples: ['sim merge part-1 part-2 part-3 --out study'],
  })
    .argument('<folders...>', 'folders that "sim sweep" has written')
    .requiredOption('--out <folder>', 'folder that gathers the runs')
    .action(async (folders: readonly string[], { out }: { readonly out: string }) => {
      const simulator = await simulatorOf(session);
      const merged = await simulator.merge({
        folders: folders.map((each) => resolve(each)),
        out: resolve(out),
      });
      await report(session, merged);
    });
};

const sweep = async (session: Session, scenario: string, options: SweepOptions): Promise<void> => {
  const { seed, seeds, shard, jobs, mode, out } = options;
  const [simulator, { startProgress }, { outcomeText }, { againText, valuesText }] = await Promise.all([
    simulatorOf(session),
    import('../../progress.ts'),
    import('../../views/simulation-view.ts'),
    import('../../views/again-view.ts'),
  ]);
  const progress = startProgress(session);
  const onOutcome: SimSweepInput['onOutcome'] = async (params, outcome, folder) => {
    if (session.json || outcome.verdict === 'pass') return;
    progress.stop();
    const again = folder === undefined ? '' : `${againText(outcome.seed, folder, [])}\n`;
    await session.io.stdout.write(`${outcomeText(session, outcome)}${valuesText(params)}\n${again}`);
  };
  const done = await interruptible(session, (signal) =>
    simulator.sweep({
      scenario,
      seed,
      ...(seeds !== undefined && { seeds }),
      shard,
      jobs,
      mode,
      out: (name) => resolve(out ?? `${name}-sweep`),
      version: session.version,
      signal,
      onProgress: progress.show,
      onOutcome,
    }),
  ).finally(progress.stop);
  await report(session, done);
};

const report = async (session: Session, done: SimSweep): Promise<void> => {
  const has = (what: 'failed' | 'unknown'): boolean => done.points.some((point) => point[what] > 0);
  if (has('failed')) session.fail();
  else if (has('unknown') || done.left > 0) session.fail(EXIT.unknown);
  await printResult(session, done, async () => {
    const { sweepText } = await import('../../views/sweep-view.ts');
    return sweepText(done);
  });
};
