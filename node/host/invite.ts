import { SmoError } from '../../protocol/fault/index.ts';
import {
  encodeTicket,
  type Invite as HeldInvite,
  INVITE_ATTEMPTS_MAX,
  inviteName,
} from '../../protocol/membership/index.ts';
import { withoutDevice } from '../../transports/index.ts';
import type { Invite, InviteView, NodeApi } from '../api/index.ts';
import type { Device } from './device.ts';
import type { InviteBook } from './invite-book.ts';
import { assertAdmin } from './members.ts';

/** Longest time for which an invite is good. */
export const INVITE_EXPIRES_MS_MAX = 366 * 24 * 3_600_000;

/**
 * Makes an invite and its ticket.
 * @throws SmoError `not_admin`, `revoked`, `bad_expiry`
 */
export const makeInvite = async (
  device: Device,
  invites: InviteBook,
  addresses: readonly string[],
  { role, expiresInMs }: Parameters<NodeApi['invite']>[0],
): Promise<Invite> => {
  const { signer, space, crypto } = device;
  assertAdmin(device, 'invite others');
  if (!Number.isSafeInteger(expiresInMs) || expiresInMs < 1 || expiresInMs > INVITE_EXPIRES_MS_MAX) {
    throw new SmoError(
      'bad_expiry',
      'an invite is good for at most 366 days',
      'Give a time such as 15m or 2h.',
    );
  }
  const nowMs = Date.now();
  const made = await invites.create(role, nowMs + expiresInMs, nowMs);
  const { secret, expiresAt } = made;
  const inviter = signer.device;
  const ticket = encodeTicket(crypto, {
    space,
    inviter,
    // The ticket names the device once, and not at the end of each address.
    addresses: addresses.map((address) => withoutDevice(address, inviter)),
    role,
    expiresAt,
    secret,
  });
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
