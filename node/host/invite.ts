import { SmoError } from '../../protocol/fault/index.ts';
import {
  encodeTicket,
  type Invite as HeldInvite,
  INVITE_ATTEMPTS_MAX,
  inviteName,
} from '../../protocol/membership/index.ts';
import type { Invite, InviteView, NodeApi } from '../api/index.ts';
import type { Device } from './device.ts';
import type { InviteBook } from './invite-book.ts';

/**
 * Makes an invite and its ticket.
 * @throws SmoError `not_admin`
 */
export const makeInvite = async (
  { host, signer, space, crypto }: Device,
  invites: InviteBook,
  addresses: readonly string[],
  { role, expiresInMs }: Parameters<NodeApi['invite']>[0],
): Promise<Invite> => {
  if (host.engine.membership.get(signer.device)?.role !== 'admin') {
    throw new SmoError(
      'not_admin',
      'only an admin device can invite others',
      'Invite from the device that made the space.',
    );
  }
  const nowMs = Date.now();
  const made = await invites.create(role, nowMs + expiresInMs, nowMs);
  const { secret, expiresAt } = made;
  const ticket = encodeTicket(crypto, { space, inviter: signer.device, addresses, role, expiresAt, secret });
  return { invite: inviteName(made), ticket, expiresAt };
};

/** The invites that have not expired, as they are shown. */
export const listInvites = (invites: InviteBook, nowMs: number): readonly InviteView[] =>
  invites
    .list()
    .filter(({ expiresAt }) => expiresAt > nowMs)
    .map((invite) => ({
      invite: inviteName(invite),
      role: invite.role,
      expiresAt: invite.expiresAt,
      state: stateOf(invite),
      attempts: invite.attempts,
    }));

/**
 * Closes an invite that a prefix of its id names.
 * @returns its whole id
 * @throws SmoError `invite_unknown`, `invite_ambiguous`
 */
export const cancelInvite = async (invites: InviteBook, prefix: string): Promise<string> => {
  const meant = invites.list().filter((invite) => inviteName(invite).startsWith(prefix));
  const [invite, second] = meant;
  if (invite === undefined || prefix === '') {
    throw new SmoError(
      'invite_unknown',
      `no invite has an id that starts with "${prefix}"`,
      'Run "smo invite --list" to see them.',
    );
  }
  if (second !== undefined) {
    throw new SmoError(
      'invite_ambiguous',
      `${meant.length} invites have ids that start with "${prefix}"`,
      'Give more of the id.',
    );
  }
  await invites.remove(invite);
  return inviteName(invite);
};

const stateOf = ({ spent, attempts }: HeldInvite): InviteView['state'] => {
  if (spent) return 'spent';
  return attempts < INVITE_ATTEMPTS_MAX ? 'open' : 'closed';
};
