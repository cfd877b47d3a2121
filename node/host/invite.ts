import { SmoError } from '../../protocol/fault/index.ts';
import { encodeTicket } from '../../protocol/membership/index.ts';
import type { Invite, NodeApi } from '../api/index.ts';
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
  // Letting a device in means writing that it was.
  host.assertWritable();
  if (host.engine.membership.get(signer.device)?.role !== 'admin') {
    throw new SmoError(
      'not_admin',
      'only an admin device can invite others',
      'Invite from the device that made the space.',
    );
  }
  const nowMs = Date.now();
  const { secret, expiresAt } = await invites.create(role, nowMs + expiresInMs, nowMs);
  const ticket = encodeTicket(crypto, { space, inviter: signer.device, addresses, role, expiresAt, secret });
  return { ticket, expiresAt };
};
