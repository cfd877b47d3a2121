import type { Command, CommanderError } from 'commander';
import { usageError } from './session.ts';

/** How a command presents itself in the help. */
export interface CommandWords {
  /** Heading under which the list of commands shows it; absent for a command of a command. */
  readonly group?: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does, in whole sentences. */
  readonly description: string;
  /** Command lines without the leading `smo`. */
  readonly examples: readonly [string, ...string[]];
}

/** Adds a command whose mistakes in use point to its own help. */
export const addCommand = (parent: Command, name: string, words: CommandWords): Command => {
  const command = parent.command(name);
  const examples = words.examples.map((example) => `  $ smo ${example}`).join('\n');
  if (words.group !== undefined) command.helpGroup(words.group);
  return command
    .summary(words.summary)
    .description(words.description)
    .helpCommand(false)
    .addHelpText('after', `\nExamples:\n${examples}`)
    .exitOverride((error) => {
      throw asUsageError(error, `See "smo help ${pathOf(command)}".`);
    });
};

/** Names of a command and of the commands that it belongs to, the program left out. */
const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

/**
 * Turns a refusal of the argument parser into the one form that all errors take. Its messages may go on over a
 * second line, a suggestion in brackets.
 */
export const asUsageError = (error: CommanderError, hint: string): Error => {
  if (error.exitCode === 0 || error.code === 'commander.help') return error;
  const [first = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n');
  const asked = suggestion.replace(/^\((.*)\)$/, '$1');
  return usageError(first.replace(/\.$/, ''), [asked, hint].filter((part) => part !== '').join(' '));
};
