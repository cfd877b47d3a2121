import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';

/** `help`, of the program or of one command; an unknown command is a mistake in use like any other. */
export const addHelpCommand = (program: Command): void => {
  addCommand(program, 'help', {
    group: 'Help:',
    summary: 'explain the program or one of its commands',
    description: 'Explains what a command does, its arguments and options, with examples.',
    examples: ['help', 'help append', 'help device revoke', 'append --help'],
  })
    .argument('[command...]', 'the command to explain')
    .action((names: readonly string[]) => explain(program, names));
};

const explain = (parent: Command, [name, ...rest]: readonly string[]): void => {
  if (name === undefined) parent.help();
  const command = parent.commands.find((known) => known.name() === name);
  if (command === undefined) parent.error(`error: unknown command '${name}'`);
  else explain(command, rest);
};
