import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand } from '../../command-line.ts';
import { EXIT, printResult, type Session } from '../../session.ts';
import { simulatorOf } from './simulator-of.ts';

/** Adds `sim replay`. */
export const addReplay = (parent: Command, session: Session): void => {
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
        const { outcomeText, traceText } = await import('../../views/simulation-view.ts');
        return `${outcomeText(session, outcome)}\n${traceText(session, sameTrace)}`;
      });
    });
};
