import { randomBytes } from 'node:crypto';
import { errorFromFault, SmoError } from '../../protocol/fault/index.ts';
import {
  decodeJoinMessage,
  encodeJoinMessage,
  type Genesis,
  JOIN_NONCE_BYTES,
  Joiner,
  type Ticket,
} from '../../protocol/membership/index.ts';
import { createMesh, type FramePipe, type Mesh } from '../../transports/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import type { Home } from '../home/index.ts';
import { serviceTagOf } from './network.ts';

const NEW_DEVICE = 'Join in a new home, as a new device: choose another folder with `--home`.';
const NEW_TICKET = 'Ask for a new one with `smo invite` on a device of the space.';

/** Time in which the inviter must answer for a ticket that has expired by the clock of this device. */
const EXPIRED_TIMEOUT_MS = 10_000;

/** How often a dialogue is begun that breaks off. */
const DIALOGUES_MAX = 3;

/**
 * Asks the inviter of a ticket to let this device in, and gives what founds the space. The inviter judges by its own
 * clock, so it is asked also when this device takes the ticket for expired.
 *
 * @throws SmoError `ticket_expired`, `ticket_refused`, `ticket_spent`, `device_revoked`, `join_protocol`,
 *   `wrong_space`, `join_interrupted`, `peer_unreachable`
 */
export const askInviter = async (
  home: Home,
  ticket: Ticket,
  name: string,
  timeoutMs: number,
): Promise<Genesis> => {
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
    // The inviter may have let this device in before the connection broke: it says so again to who comes back.
    for (let begun = 1; ; begun += 1) {
      const pipe = await mesh.openJoin({ device: ticket.inviter, addresses: ticket.addresses }, { signal });
      try {
        return await converse(pipe, joinerOf(home, ticket, name), signal);
      } catch (error) {
        if (!isBrokenOff(error, signal)) throw error;
        if (begun === DIALOGUES_MAX || signal.aborted) throw interrupted(ticket);
      } finally {
        await pipe.close();
      }
    }
  } finally {
    await mesh.stop();
  }
};

const joinerOf = (home: Home, ticket: Ticket, name: string): Joiner =>
  new Joiner(nativeCrypto, ticket, {
    joiner: home.key.signer.device,
    name,
    nonce: new Uint8Array(randomBytes(JOIN_NONCE_BYTES)),
  });

const isBrokenOff = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted || (error instanceof SmoError && error.code === 'pipe_closed');

const interrupted = ({ inviter }: Ticket): SmoError =>
  new SmoError(
    'join_interrupted',
    `the dialogue with the inviting device ${inviter} broke off`,
    'Try again. If `smo device list` shows there a device that did not get in, revoke it and make a new ticket.',
  );

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
