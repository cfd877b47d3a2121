import { type Command, Option } from 'commander';
import { addCommand } from '../command-line.ts';
import { printable } from '../format.ts';
import { parseDuration } from '../option-values.ts';
import { printResult, type Session, usageError } from '../session.ts';
import { addInvite } from './invite.ts';

const GROUP = 'First steps:';
const JOIN_TIMEOUT_MS = 30_000;

/** `init`, `invite`, `join`: how devices come to share a space. */
export const addPairingCommands = (program: Command, session: Session): void => {
  addInit(program, session);
  addInvite(program, session);
  addJoin(program, session);
};

const addInit = (program: Command, session: Session): void => {
  addCommand(program, 'init', {
    group: GROUP,
    summary: 'make this the first device of a new space',
    description:
      'Makes the home of a new device, and a new space with this device as its first. Other devices come in with "smo invite" here and "smo join" there.',
    examples: ['init', 'init --name laptop --space family', '--home /tmp/desk init --name desk'],
  })
    .option('--name <device>', 'name of this device (default: the name of this machine)')
    .option('--space <name>', 'name of the space', 'personal')
    .action(async (options: { readonly name?: string; readonly space: string }) => {
      const name = deviceName(session, options.name);
      const host = await session.host();
      const made = await host.init(session.home(), { name, spaceName: options.space });
      await printResult(session, made, () =>
        [
          `The space "${printable(options.space)}" begins on this device, "${printable(name)}".`,
          `  space   ${made.space}`,
          `  device  ${made.device}`,
          `  home    ${printable(session.home())}`,
          '',
          'Next: smo create "My first note", smo up to go on line, smo invite to add a device.',
        ].join('\n'),
      );
    });
};

const addJoin = (program: Command, session: Session): void => {
  addCommand(program, 'join', {
    group: GROUP,
    summary: 'make this a new device of the space that a ticket invites to',
    description:
      'Makes the home of a new device and joins the space of a ticket from "smo invite". The inviting device must be up and reachable.',
    examples: ['join smo1...', 'join smo1... --name phone', 'join smo1... --timeout 2m'],
  })
    .argument('<ticket>', 'what "smo invite" printed on the other device')
    .option('--name <device>', 'name of this device (default: the name of this machine)')
    .addOption(
      new Option('--timeout <time>', 'how long to try')
        .argParser(parseDuration)
        .default(JOIN_TIMEOUT_MS, '30s'),
    )
    .action(async (ticket: string, options: { readonly name?: string; readonly timeout: number }) => {
      const name = deviceName(session, options.name);
      const host = await session.host();
      const joined = await host.join(session.home(), {
        ticket: ticket.trim(),
        name,
        timeoutMs: options.timeout,
      });
      await printResult(session, joined, () =>
        [
          `This device, "${printable(joined.name)}", has joined.`,
          `  space   ${joined.space}`,
          `  device  ${joined.device}`,
          `  home    ${printable(session.home())}`,
          '',
          joined.synced
            ? 'It holds what the space held. Next: smo up to stay in step.'
            : 'Next: smo up to fetch what the others have, and to stay in step.',
        ].join('\n'),
      );
    });
};

const deviceName = (session: Session, option: string | undefined): string => {
  const name = (option ?? session.io.hostName.split('.')[0] ?? '').trim();
  if (name === '') throw usageError('the name of the device is empty', 'Give one with --name.');
  return name;
};
