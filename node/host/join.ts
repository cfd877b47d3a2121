import { base64 } from '../../protocol/bytes/index.ts';
import { errorFromFault } from '../../protocol/fault/index.ts';
import { decodeTicket } from '../../protocol/membership/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import { type Home, updateHome } from '../home/index.ts';
import { askInviter } from './ask-inviter.ts';
import { freshHome } from './fresh-home.ts';

/** What `smo join` is asked for. */
export interface JoinRequest {
  readonly ticket: string;
  /** Name of the device. */
  readonly name: string;
  readonly timeoutMs: number;
}

/**
 * Makes a home with a new device and lets it be admitted to the space of a ticket. A join that fails leaves
 * nothing behind.
 *
 * @returns the home, and where the inviter can be reached
 * @throws SmoError `ticket_malformed`, `home_exists`, and those of {@link askInviter}
 */
export const joinSpace = async (
  dir: string,
  { ticket: text, name, timeoutMs }: JoinRequest,
): Promise<{ readonly home: Home; readonly addresses: readonly string[] }> => {
  const ticket = decodeTicket(nativeCrypto, text);
  if (!ticket.ok) throw errorFromFault(ticket.fault, 'Copy it again from `smo invite`, as a whole.');
  const { home, discard } = await freshHome(dir, name);
  try {
    const genesis = await askInviter(home, ticket.value, name, timeoutMs);
    const joined = await updateHome(home, {
      space: {
        id: ticket.value.space,
        genesis: { origin: genesis.origin, record: base64.encode(genesis.record) },
      },
      inviter: ticket.value.inviter,
    });
    return { home: joined, addresses: ticket.value.addresses };
  } catch (error) {
    await discard();
    throw error;
  }
};
