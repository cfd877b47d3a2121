import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';

/** `help`, of the program or of one command; an unknown command is a mistake in use like any other. */
export const addHelpCommand = (program: Command): void => {
  addCommand(program, 'help', {
    group: 'Help:',
    summary: 'explain the program or one of its commands',
    description: 'Explains what a command does, its arguments and options, with examples.',
    examples: ['help', 'help append', 'append --help'],
  })
    .argument('[command]', 'the command to explain')
    .action((name: string | undefined) => {
      if (name === undefined) program.help();
      const command = program.commands.find((known) => known.name() === name);
      if (command === undefined) program.error(`error: unknown command '${name}'`);
      else command.help();
    });
};
