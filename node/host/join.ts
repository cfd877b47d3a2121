import { randomBytes } from 'node:crypto';
import { base64 } from '../../protocol/bytes/index.ts';
import { errorFromFault, SmoError } from '../../protocol/fault/index.ts';
import {
  decodeJoinMessage,
  decodeTicket,
  encodeJoinMessage,
  type Genesis,
  JOIN_NONCE_BYTES,
  Joiner,
  type Ticket,
} from '../../protocol/membership/index.ts';
import { createMesh, type FramePipe, type Mesh } from '../../transports/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import { type Home, updateHome } from '../home/index.ts';
import { freshHome } from './fresh-home.ts';
import { serviceTagOf } from './network.ts';

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
 * @throws SmoError `ticket_malformed`, `ticket_expired`, `ticket_refused`, `ticket_spent`,
 *   `device_revoked`, `peer_unreachable`, `home_exists`
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

const NEW_DEVICE = 'Join in a new home, as a new device: choose another folder with `--home`.';
const NEW_TICKET = 'Ask for a new one with `smo invite` on a device of the space.';

/** Time in which the inviter must answer for a ticket that has expired by the clock of this device. */
const EXPIRED_TIMEOUT_MS = 10_000;

/** The inviter judges by its own clock, so it is asked also when this device takes the ticket for expired. */
const askInviter = async (home: Home, ticket: Ticket, name: string, timeoutMs: number): Promise<Genesis> => {
  const expired = Date.now() >= ticket.expiresAt;
  const patienceMs = expired ? Math.min(timeoutMs, EXPIRED_TIMEOUT_MS) : timeoutMs;
  try {
    return await requestAdmission(home, ticket, name, AbortSignal.timeout(patienceMs));
  } catch (error) {
    // An inviter hangs up on strangers when all its tickets have expired.
    if (!expired || !(error instanceof SmoError) || error.code !== 'peer_unreachable') throw error;
    throw new SmoError(
      'ticket_expired',
      'this ticket has expired by the clock of this device, and the inviting device does not take it',
      NEW_TICKET,
    );
  }
};

const requestAdmission = async (
  home: Home,
  ticket: Ticket,
  name: string,
  signal: AbortSignal,
): Promise<Genesis> => {
  const mesh = await startJoiningMesh(home, ticket);
  try {
    const pipe = await mesh.openJoin({ device: ticket.inviter, addresses: ticket.addresses }, { signal });
    const joiner = new Joiner(nativeCrypto, ticket, {
      joiner: home.key.signer.device,
      name,
      nonce: new Uint8Array(randomBytes(JOIN_NONCE_BYTES)),
    });
    return await converse(pipe, joiner, signal);
  } finally {
    await mesh.stop();
  }
};

const converse = async (pipe: FramePipe, joiner: Joiner, signal: AbortSignal): Promise<Genesis> => {
  await pipe.send(encodeJoinMessage(joiner.hello()));
  for (;;) {
    const step = joiner.receive(decodeJoinMessage(await pipe.receive({ signal })));
    if (!step.ok) {
      throw errorFromFault(step.fault, step.fault.code === 'device_revoked' ? NEW_DEVICE : NEW_TICKET);
    }
    if (step.value.type === 'joined') return step.value.genesis;
    await pipe.send(encodeJoinMessage(step.value.message));
  }
};

/** A mesh that only dials: it knows nobody but the inviter, and serves nothing. */
const startJoiningMesh = async (home: Home, ticket: Ticket): Promise<Mesh> => {
  const ignore = (): void => undefined;
  const mesh = await createMesh(
    {
      device: home.key.signer.device,
      privateKey: home.key.seed,
      listen: [],
      dial: [],
      mdns: { serviceTag: serviceTagOf(ticket.space) },
      addressBook: { addressesOf: () => [] },
    },
    {
      isMember: (device) => device === ticket.inviter,
      members: () => [ticket.inviter],
      isInviteOpen: () => false,
      onPeerConnected: ignore,
      onPeerDisconnected: ignore,
      onFrame: ignore,
      onJoinRequest: (_, pipe) => void pipe.close(),
      onAddresses: ignore,
      log: ignore,
    },
  );
  await mesh.start();
  return mesh;
};
