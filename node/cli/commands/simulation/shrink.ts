import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand } from '../../command-line.ts';
import { interruptible } from '../../interruptible.ts';
import { parseCount } from '../../option-values.ts';
import { printResult, type Session } from '../../session.ts';
import { simulatorOf } from './simulator-of.ts';

interface ShrinkOptions {
  readonly out?: string;
  readonly budget: number;
}

/** Adds `sim shrink`. */
export const addShrink = (parent: Command, session: Session): void => {
  addCommand(parent, 'shrink', {
    summary: 'make a run that failed as small as it can be and still fail',
    description:
      'Leaves out of a run that failed whatever it can fail without: faults, operations, devices, links, figures, time. What is left breaks the same invariant first, and is written to a folder from which it can be replayed. Ctrl-C ends the search with what was found so far.',
    examples: ['sim shrink run', 'sim shrink run --out small --budget 1000'],
  })
    .argument('<folder>', 'folder that "sim run --out" has written')
    .option('--out <folder>', 'write the small run to this folder (default: "shrunk" in that of the run)')
    .option('--budget <n>', 'how many smaller runs are tried at most', parseCount(1), 200)
    .action((folder: string, options: ShrinkOptions) => shrink(session, folder, options));
};

const shrink = async (session: Session, folder: string, { out, budget }: ShrinkOptions): Promise<void> => {
  const [simulator, { startProgress }] = await Promise.all([
    simulatorOf(session),
    import('../../progress.ts'),
  ]);
  const progress = startProgress(session);
  const shrunk = await interruptible(session, (signal) =>
    simulator.shrink({
      folder: resolve(folder),
      out: resolve(out ?? join(folder, 'shrunk')),
      budget,
      version: session.version,
      signal,
      onProgress: progress.show,
    }),
  ).finally(progress.stop);
  await printResult(session, shrunk, async () => {
    const { shrunkText } = await import('../../views/shrink-view.ts');
    return shrunkText(session, shrunk);
  });
};
