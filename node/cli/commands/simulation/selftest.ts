import type { Command } from 'commander';
import { addCommand } from '../../command-line.ts';
import { parseCount } from '../../option-values.ts';
import { printResult, type Session } from '../../session.ts';
import type { SimBug } from '../../simulator.ts';
import { simulatorOf } from './simulator-of.ts';

/** How many seeds a planted bug may survive before the simulator is said to be blind for it. */
const SEEDS = 1_000;

interface SelftestOptions {
  readonly bug?: string;
  readonly seeds: number;
}

/** Adds `sim selftest`. */
export const addSelftest = (parent: Command, session: Session): void => {
  addCommand(parent, 'selftest', {
    summary: 'plant bugs into the engine, and see whether they are found',
    description:
      'Plants one bug after the other into the source of the engine while that is read, no file being changed, and runs scenarios with it, seed by seed from 1 on, until a run fails. A bug that survives all seeds means that the simulator is blind for what it breaks: then this fails. It needs the repository.',
    examples: ['sim selftest', 'sim selftest --bug seen-jumps-gap', 'sim selftest --seeds 10 --json'],
  })
    .option('--bug <name>', 'only this one')
    .option('--seeds <n>', 'how many seeds each bug may survive', parseCount(1), SEEDS)
    .action((options: SelftestOptions) => selftest(session, options));
};

const selftest = async (session: Session, { bug, seeds }: SelftestOptions): Promise<void> => {
  const [simulator, { startProgress }] = await Promise.all([
    simulatorOf(session),
    import('../../progress.ts'),
  ]);
  const progress = startProgress(session);
  const bugs: SimBug[] = [];
  try {
    await simulator.selftest({
      ...(bug !== undefined && { bug }),
      seeds,
      onProgress: progress.show,
      onBug: async (found) => void bugs.push(found),
    });
  } finally {
    progress.stop();
  }
  const survived = bugs.filter(({ caught }) => caught === null).length;
  if (survived > 0) session.fail();
  await printResult(session, { planted: bugs.length, survived, seeds, bugs }, async () => {
    const { selftestText } = await import('../../views/selftest-view.ts');
    return selftestText(session, bugs, seeds);
  });
};
