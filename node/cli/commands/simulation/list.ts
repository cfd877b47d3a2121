import type { Command } from 'commander';
import { addCommand } from '../../command-line.ts';
import { printResult, type Session } from '../../session.ts';
import { simulatorOf } from './simulator-of.ts';

/** Adds `sim list`. */
export const addList = (parent: Command, session: Session): void => {
  addCommand(parent, 'list', {
    summary: 'list the scenarios that come with the program',
    description: 'Lists the scenarios that come with the program, with what each of them hunts.',
    examples: ['sim list', 'sim list --json'],
  }).action(async () => {
    const scenarios = await (await simulatorOf(session)).list();
    await printResult(session, { scenarios }, async () => {
      const { scenariosText } = await import('../../views/simulation-view.ts');
      return scenariosText(scenarios);
    });
  });
};
