import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Outcome } from '../../../../simulations/index.ts';
import { addCommand } from '../../command-line.ts';
import { interruptible } from '../../interruptible.ts';
import { parseCount } from '../../option-values.ts';
import { EXIT, printResult, type Session } from '../../session.ts';
import type { SimRunInput } from '../../simulator.ts';
import { modeOption } from './mode-option.ts';
import { parseSeed } from './seed-option.ts';
import { simulatorOf } from './simulator-of.ts';

type RunOptions = Pick<SimRunInput, 'seed' | 'seeds' | 'jobs' | 'peers' | 'mode' | 'workload' | 'out'>;

/** Adds `sim run`. */
export const addRun = (parent: Command, session: Session): void => {
  addCommand(parent, 'run', {
    summary: 'run a scenario, with one seed or with several',
    description:
      'Runs a scenario and prints one line for each seed. A run passes when everything held that must always hold and all devices were equal in the end; it fails when not; it is unknown when it did not show what the scenario is there to show. Exit code: 0 all passed, 1 one failed, 3 none failed and one is unknown or was interrupted.',
    examples: [
      'sim run even-split',
      'sim run churn --seeds 100',
      'sim run study.yaml --peers 50 --out run',
      'sim run even-split --workload git:.',
    ],
  })
    .argument(
      '<scenario>',
      'name of a scenario that comes with the program (see "sim list"), or path of a file',
    )
    .addOption(
      new Option('--seed <seed>', 'the first seed, up to 2^64 - 1').argParser(parseSeed).default(1n, '1'),
    )
    .option('--seeds <n>', 'how many seeds, from the first one on', parseCount(1), 1)
    .option('--jobs <n>', 'how many processes run at once', parseCount(1), 1)
    .option('--peers <n>', 'how many devices, in place of what the scenario says', parseCount(2))
    .option(
      '--workload <workload>',
      'what is written: git:PATH or jsonl:FILE, in place of what the scenario says',
    )
    .addOption(modeOption())
    .option('--out <folder>', 'write the expanded scenario and the outcome of each run to this folder')
    .action((scenario: string, options: RunOptions) => run(session, scenario, options));
};

const run = async (session: Session, scenario: string, options: RunOptions): Promise<void> => {
  const [simulator, { startProgress }] = await Promise.all([
    simulatorOf(session),
    import('../../progress.ts'),
  ]);
  const progress = startProgress(session);
  const verdicts: Outcome['verdict'][] = [];
  const { seed, seeds, jobs, peers, workload, mode, out } = options;
  const again = [
    scenario,
    ...(peers === undefined ? [] : ['--peers', `${peers}`]),
    ...(workload === undefined ? [] : ['--workload', workload]),
  ];
  const input: Omit<SimRunInput, 'signal'> = {
    scenario,
    seed,
    seeds,
    jobs,
    mode,
    version: session.version,
    ...(peers !== undefined && { peers }),
    ...(workload !== undefined && { workload }),
    ...(out !== undefined && { out: resolve(out) }),
    onProgress: progress.show,
    async onOutcome(outcome, folder) {
      verdicts.push(outcome.verdict);
      progress.stop();
      await printOutcome(session, outcome, folder, again);
    },
  };
  await interruptible(session, (signal) => simulator.run({ ...input, signal })).finally(progress.stop);
  const left = seeds - verdicts.length;
  if (left > 0)
    await session.io.stderr.write(`interrupted: ${left} of ${seeds} runs did not come to an end\n`);
  if (verdicts.includes('fail')) session.fail();
  else if (verdicts.includes('unknown') || left > 0) session.fail(EXIT.unknown);
};

const printOutcome = (
  session: Session,
  outcome: Outcome,
  folder: string | undefined,
  again: readonly string[],
): Promise<void> =>
  printResult(session, { ...outcome, ...(folder !== undefined && { folder }) }, async () => {
    const [{ outcomeText }, { againText }] = await Promise.all([
      import('../../views/simulation-view.ts'),
      import('../../views/again-view.ts'),
    ]);
    const text = outcomeText(session, outcome);
    return outcome.verdict === 'fail' ? `${text}\n${againText(outcome.seed, folder, again)}` : text;
  });
