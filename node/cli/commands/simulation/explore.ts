import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { Scope } from '../../../../simulations/index.ts';
import { addCommand } from '../../command-line.ts';
import { EXIT, printResult, type Session } from '../../session.ts';
import { simulatorOf } from './simulator-of.ts';

/** Most states that are looked at when nobody says otherwise. */
const BUDGET = 500_000;

/** Of so many it can tell which ones were met. */
const BUDGET_MAX = 16_000_000;

type ExploreOptions = Scope & { readonly budget: number };

/** Adds `sim explore`. */
export const addExplore = (parent: Command, session: Session): void => {
  addCommand(parent, 'explore', {
    summary: 'look at everything that can happen in a very small world',
    description:
      'Looks at every order in which two to four devices can write, exchange frames and commit, with at most one fault of each kind, on the engine that ships. What must always hold is checked in every state, and in every end all devices must be equal. A violation is shown with the shortest way to it. Exit code 3 when the budget did not suffice to look at everything.',
    examples: [
      'sim explore',
      'sim explore --events 1 --crashes 1',
      'sim explore --drops 1 --budget 400000',
      'sim explore --peers 3 --events 1',
      'sim explore --projection',
    ],
  })
    .option('--peers <n>', 'how many devices, 2 to 4', parseUpTo(2, 4), 2)
    .addOption(
      new Option(
        '--links <shape>',
        'who can have a session: each with each other one, or with the next one alone',
      )
        .choices(['mesh', 'line'])
        .default('mesh'),
    )
    .option('--events <n>', 'how many writes, one to each device in turn, 1 to 4', parseUpTo(1, 4), 2)
    .option('--drops <n>', 'whether a session may break, 0 or 1', parseUpTo(0, 1), 0)
    .option('--duplicates <n>', 'whether a frame may come twice, 0 or 1', parseUpTo(0, 1), 0)
    .option('--crashes <n>', 'whether a device may lose its power, 0 or 1', parseUpTo(0, 1), 0)
    .option('--partitions <n>', 'whether a device may be cut off, 0 or 1', parseUpTo(0, 1), 0)
    .option('--projection', 'only the projection: up to 5 events, in all causal graphs and all orders')
    .option('--budget <states>', 'how many states are looked at most', parseUpTo(1, BUDGET_MAX), BUDGET)
    .action(({ projection, ...options }: ExploreOptions & { readonly projection?: true }) =>
      projection ? exploreGraphs(session) : explore(session, options),
    );
};

const exploreGraphs = async (session: Session): Promise<void> => {
  const [simulator, { startProgress }] = await Promise.all([
    simulatorOf(session),
    import('../../progress.ts'),
  ]);
  const progress = startProgress(session);
  try {
    const counts = await simulator.exploreGraphs(progress.show);
    progress.stop();
    if (counts.some(({ violations }) => violations.length > 0)) session.fail();
    await printResult(session, { counts }, async () => {
      const { graphsText } = await import('../../views/exploration-view.ts');
      return graphsText(counts);
    });
  } finally {
    progress.stop();
  }
};

const parseUpTo =
  (min: number, max: number) =>
  (text: string): number => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (count >= min && count <= max) return count;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };

const explore = async (session: Session, { budget, ...scope }: ExploreOptions): Promise<void> => {
  const [simulator, { startProgress }] = await Promise.all([
    simulatorOf(session),
    import('../../progress.ts'),
  ]);
  const progress = startProgress(session);
  try {
    const found = await simulator.explore({ scope, statesMax: budget, onProgress: progress.show });
    progress.stop();
    if (found.violation !== null) session.fail();
    else if (!found.exhausted) session.fail(EXIT.unknown);
    await printResult(session, { ...found }, async () => {
      const { explorationText } = await import('../../views/exploration-view.ts');
      return explorationText(session, found);
    });
  } finally {
    progress.stop();
  }
};
