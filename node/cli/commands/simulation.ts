import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Outcome } from '../../../simulations/index.ts';
import { addCommand } from '../command-line.ts';
import type { SimRunInput } from '../context.ts';
import { parseCount } from '../option-values.ts';
import { EXIT, printResult, type Session } from '../session.ts';

const SEED_MAX = 2n ** 64n - 1n;

/** `sim list|run|replay`: worlds of virtual devices, from one seed. */
export const addSimulationCommands = (program: Command, session: Session): void => {
  const sim = addCommand(program, 'sim', {
    group: 'Research:',
    summary: 'simulate many devices in trouble, from one seed, and check that they come to the same state',
    description:
      'Runs virtual devices, each of which is the engine of a real one, in a world of virtual time: what goes wrong there follows from a scenario and a seed, and the same seed brings the same run on any machine. While it runs, what must always hold is checked.',
    examples: ['sim list', 'sim run even-split --seeds 20', 'sim run my-scenario.yaml --seed 7 --out run'],
  });
  addList(sim, session);
  addRun(sim, session);
  addReplay(sim, session);
};

const addList = (parent: Command, session: Session): void => {
  addCommand(parent, 'list', {
    summary: 'list the scenarios that come with the program',
    description: 'Lists the scenarios that come with the program, with what each of them hunts.',
    examples: ['sim list', 'sim list --json'],
  }).action(async () => {
    const scenarios = await (await simulatorOf(session)).list();
    await printResult(session, { scenarios }, async () => {
      const { scenariosText } = await import('../views/simulation-view.ts');
      return scenariosText(scenarios);
    });
  });
};

interface RunOptions {
  readonly seed: bigint;
  readonly seeds: number;
  readonly peers?: number;
  readonly out?: string;
}

const addRun = (parent: Command, session: Session): void => {
  addCommand(parent, 'run', {
    summary: 'run a scenario, with one seed or with several',
    description:
      'Runs a scenario and prints one line for each seed. A run passes when everything held that must always hold and all devices were equal in the end; it fails when not; it is unknown when it did not show what the scenario is there to show. Exit code: 0 all passed, 1 one failed, 3 none failed and one is unknown.',
    examples: [
      'sim run even-split',
      'sim run crashes --seeds 100',
      'sim run study.yaml --peers 50 --out run',
    ],
  })
    .argument(
      '<scenario>',
      'name of a scenario that comes with the program (see "sim list"), or path of a file',
    )
    .addOption(
      new Option('--seed <seed>', 'the first seed, up to 2^64 - 1').argParser(parseSeed).default(1n, '1'),
    )
    .option('--seeds <n>', 'how many seeds, one after the other', parseCount(1), 1)
    .option('--peers <n>', 'how many devices, in place of what the scenario says', parseCount(2))
    .option('--out <folder>', 'write the expanded scenario and the outcome of each run to this folder')
    .action((scenario: string, options: RunOptions) => run(session, scenario, options));
};

const run = async (session: Session, scenario: string, options: RunOptions): Promise<void> => {
  const [simulator, { startProgress }] = await Promise.all([simulatorOf(session), import('../progress.ts')]);
  const progress = startProgress(session);
  const verdicts = new Set<Outcome['verdict']>();
  const { seed, seeds, peers, out } = options;
  const input: SimRunInput = {
    scenario,
    seed,
    seeds,
    version: session.version,
    ...(peers !== undefined && { peers }),
    ...(out !== undefined && { out: resolve(out) }),
    onProgress: progress.show,
    async onOutcome(outcome, folder) {
      verdicts.add(outcome.verdict);
      progress.stop();
      await printOutcome(session, outcome, folder);
    },
  };
  try {
    await simulator.run(input);
  } finally {
    progress.stop();
  }
  if (verdicts.has('fail')) session.fail();
  else if (verdicts.has('unknown')) session.fail(EXIT.unknown);
};

const addReplay = (parent: Command, session: Session): void => {
  addCommand(parent, 'replay', {
    summary: 'run once more what was run before',
    description:
      'Runs what the folder of a run holds once more, and says whether the same happened, to the last step.',
    examples: ['sim replay run'],
  })
    .argument('<folder>', 'folder that "sim run --out" has written')
    .action(async (folder: string) => {
      const { outcome, sameTrace } = await (await simulatorOf(session)).replay(resolve(folder));
      if (outcome.verdict === 'fail' || !sameTrace) session.fail();
      else if (outcome.verdict === 'unknown') session.fail(EXIT.unknown);
      await printResult(session, { ...outcome, sameTrace }, async () => {
        const { outcomeText, traceText } = await import('../views/simulation-view.ts');
        return `${outcomeText(session, outcome)}\n${traceText(session, sameTrace)}`;
      });
    });
};

const printOutcome = (session: Session, outcome: Outcome, folder: string | undefined): Promise<void> =>
  printResult(session, { ...outcome, ...(folder !== undefined && { folder }) }, async () => {
    const { outcomeText } = await import('../views/simulation-view.ts');
    return outcomeText(session, outcome);
  });

const simulatorOf = async (session: Session) => (await session.host()).simulator();

const parseSeed = (text: string): bigint => {
  const seed = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (seed === undefined || seed > SEED_MAX) {
    throw new InvalidArgumentError('Give a whole number from 0 to 18446744073709551615.');
  }
  return seed;
};
