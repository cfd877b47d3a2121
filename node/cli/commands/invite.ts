import { type Command, Option } from 'commander';
import type { Role } from '../../api/index.ts';
import { addCommand } from '../command-line.ts';
import { timeText } from '../format.ts';
import { parseDuration, roleOption } from '../option-values.ts';
import { printResult, type Session, usageError } from '../session.ts';
import { shortId } from '../short-id.ts';
import { tableText } from '../table.ts';
import { withApi } from '../with-api.ts';

const EXPIRES_MS = 15 * 60_000;

interface InviteOptions {
  readonly role: Role;
  readonly expires: number;
  readonly qr?: true;
  readonly list?: true;
  readonly cancel?: string;
}

/** `invite`: lets one more device in, lists the open tickets, takes one back. */
export const addInvite = (program: Command, session: Session): void => {
  addCommand(program, 'invite', {
    group: 'First steps:',
    summary: 'print a ticket with which one more device can join',
    description:
      'Prints a ticket for one device. It is good once, until it expires; whoever holds it can join, so pass it on in private. This device must be up ("smo up") when the other one joins.',
    examples: ['invite', 'invite --qr', 'invite --expires 2h', 'invite --list', 'invite --cancel 3f9a'],
  })
    .addOption(roleOption('what the new device may do: an admin may also invite').default('writer'))
    .addOption(
      new Option('--expires <time>', 'how long the ticket is good: 90s, 15m, 2h, 7d')
        .argParser(parseDuration)
        .default(EXPIRES_MS, '15m'),
    )
    .option('--qr', 'draw the ticket as a QR code, too')
    .option('--list', 'show the invites that have not expired, instead')
    .option(
      '--cancel <invite>',
      'take back the invite of this id, or of an unambiguous prefix of it, instead',
    )
    .action(async (options: InviteOptions) => {
      if (options.list && options.cancel !== undefined) {
        throw usageError('--list and --cancel do not go together', 'See "smo help invite".');
      }
      if (options.list) return listInvites(session);
      if (options.cancel !== undefined) return cancelInvite(session, options.cancel);
      return invite(session, options);
    });
};

const invite = async (session: Session, { role, expires, qr }: InviteOptions): Promise<void> => {
  const made = await withApi(session, (api) => api.invite({ role, expiresInMs: expires }));
  await printResult(session, made, async () =>
    [
      made.ticket,
      '',
      ...(qr ? [await qrText(made.ticket), ''] : []),
      `For one ${role}, until ${timeText(made.expiresAt)}. On the other device: smo join TICKET`,
    ].join('\n'),
  );
};

const listInvites = async (session: Session): Promise<void> => {
  const list = await withApi(session, (api) => api.invites());
  await printResult(session, list, () =>
    list.invites.length === 0
      ? 'No invite is open; "smo invite" makes one.'
      : tableText(
          ['invite', 'role', 'state', 'wrong attempts', 'expires'],
          list.invites.map(({ invite: id, role, state, attempts, expiresAt }) => [
            shortId(id),
            role,
            state,
            String(attempts),
            timeText(expiresAt),
          ]),
        ),
  );
};

const cancelInvite = async (session: Session, prefix: string): Promise<void> => {
  const cancelled = await withApi(session, (api) => api.cancelInvite({ invite: prefix }));
  await printResult(
    session,
    cancelled,
    () => `Invite ${shortId(cancelled.invite)} is cancelled; nobody can join with its ticket.`,
  );
};

/** The ticket in capitals, which tickets may be written in and QR codes hold in less room. */
const qrText = async (ticket: string): Promise<string> => {
  const { renderUnicodeCompact } = await import('uqr');
  return renderUnicodeCompact(ticket.toUpperCase(), { border: 2 });
};
