import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, Libp2p } from '@libp2p/interface';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { SmoError } from '../protocol/fault/index.ts';
import { deviceInAddress, isCircuit, parseAddress, withDevice } from './addresses.ts';
import type { Admission } from './admission.ts';
import { backoffMs } from './backoff.ts';
import { dialFailure } from './dial.ts';
import type { Discovery } from './discovery.ts';
import type { NodeServices } from './libp2p-node.ts';
import type { FramePipe, JoinTarget } from './mesh.ts';
import { reach } from './reach.ts';

/**
 * How often a device comes again that was not let in, before it takes that for a refusal. An inviter hangs up on whom
 * it refuses, and also on whoever comes while as many others are joining as it serves at a time; and it may be starting.
 */
const RETURNS_MAX = 3;

/** What it takes to open a dialogue with an inviter. */
export interface InviterParts {
  readonly node: Libp2p<NodeServices>;
  readonly admission: Admission;
  readonly discovery: Discovery | undefined;
  connections(device: DeviceId): readonly Connection[];
}

/**
 * Opens a dialogue of the join protocol with an inviter, at the addresses given or found.
 * @throws SmoError `peer_unreachable`
 */
export const openDialogue = async (
  parts: InviterParts,
  target: JoinTarget,
  signal: AbortSignal,
): Promise<FramePipe> => {
  const { device } = target;
  const release = parts.admission.hold(device);
  let failure: unknown = new Error('no address of it is known');
  for (let tries = 0; ; tries += 1) {
    // It may be seen while old addresses are dialled.
    const sighted = parts.discovery?.nextSighting(device, signal).then(
      () => true,
      () => false,
    );
    const known = addressesOf(parts, target);
    let connection: Connection | undefined;
    try {
      connection = parts.connections(device)[0] ?? (await connect(parts, device, known, signal, tries));
      if (connection) return await parts.node.services.join.open(connection, device, release, { signal });
    } catch (error) {
      // The reason of the last dial says more than "timed out".
      if (tries === 0 || !signal.aborted) failure = error;
    }
    const rested = known.length > 0 && tries < RETURNS_MAX ? rest(tries, signal) : undefined;
    // Whoever hangs up again and again means it; whoever isn't there may still come.
    const again = connection === undefined ? [sighted, rested] : [rested];
    if (!(await anyOf(again))) break;
  }
  release();
  throw new SmoError(
    'peer_unreachable',
    `Cannot reach the inviting device ${device}: ${dialFailure(failure)}.`,
    'Check that it is running, that its invite is still open, and that both devices are on one network or a relay leads to it.',
  );
};

const addressesOf = ({ discovery }: InviterParts, { device, addresses }: JoinTarget): readonly string[] => {
  const given = addresses.flatMap((text) => {
    const address = parseAddress(text);
    const owner = address && (deviceInAddress(address) ?? device);
    return address !== undefined && owner === device ? [withDevice(address.toString(), device)] : [];
  });
  const seen = (discovery?.addressesOf(device) ?? []).filter((address) => !isCircuit(address));
  return [...new Set([...seen, ...given])];
};

const connect = async (
  { node, admission }: InviterParts,
  device: DeviceId,
  known: readonly string[],
  signal: AbortSignal,
  tries: number,
): Promise<Connection | undefined> => {
  if (known.length === 0) return undefined;
  const whereabouts = {
    device,
    addresses: known.filter((address) => !isCircuit(address)),
    relayed: known.filter(isCircuit),
  };
  const hold = (relay: DeviceId): (() => void) => admission.hold(relay);
  return reach({ node, hold, lookUp: undefined }, whereabouts, signal, tries);
};

/** True after a while, false as soon as the signal aborts. */
const rest = (tries: number, signal: AbortSignal): Promise<boolean> =>
  delay(backoffMs(tries, Math.random), true, { signal }).catch(() => false);

/** What the first of them says; false when there is none. */
const anyOf = async (events: readonly (Promise<boolean> | undefined)[]): Promise<boolean> => {
  const awaited = events.filter((event) => event !== undefined);
  return awaited.length > 0 && Promise.race(awaited);
};
