import type { Connection, Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { isCircuit, parseAddress, relayInAddress, withDevice } from './addresses.ts';
import { ADDRESS_DIAL_TIMEOUT_MS, DIAL_TIMEOUT_MS, dialAddresses } from './dial.ts';

/** How long direct addresses may take, in ms, while a relay is there to be tried after them. */
const DIRECT_TIMEOUT_MS = 5_000;

/** How long to look for a device in the hash table, in ms. */
const LOOK_UP_TIMEOUT_MS = 10_000;

/** What it takes to reach a device. */
export interface ReachParts {
  readonly node: Pick<Libp2p, 'dial'>;
  /** Lets a relay in that may be unknown, until the function that is given back is called. */
  hold(relay: DeviceId): () => void;
  /** Asks the others where a device is; undefined when there is no way to ask. */
  readonly lookUp: ((device: DeviceId, signal: AbortSignal) => Promise<readonly string[]>) | undefined;
}

/** Where a device may be. */
export interface Whereabouts {
  /** Undefined when only its addresses are known. */
  readonly device?: DeviceId;
  /** Multiaddrs that lead to it without a relay. */
  readonly addresses: readonly string[];
  /** Multiaddrs that lead to it through a relay. */
  readonly relayed: readonly string[];
}

/**
 * Connects with a device: at its own addresses, else through a relay, else at addresses that others know of.
 * @param tries how often that has been tried in vain
 * @throws AggregateError of all that was tried in vain, the one error when there was one
 */
export const reach = async (
  parts: ReachParts,
  { device, addresses, relayed }: Whereabouts,
  signal: AbortSignal,
  tries = 0,
): Promise<Connection> => {
  const { node, lookUp } = parts;
  const ways: (() => Promise<Connection>)[] = [];
  if (addresses.length > 0) {
    const timeoutMs = relayed.length > 0 ? DIRECT_TIMEOUT_MS : DIAL_TIMEOUT_MS;
    ways.push(() => dialAddresses(node, inTurn(addresses, timeoutMs, tries), signal, timeoutMs));
  }
  if (relayed.length > 0) ways.push(() => dialRelayed(parts, relayed, signal));
  if (device !== undefined && lookUp !== undefined) {
    ways.push(async () => {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(LOOK_UP_TIMEOUT_MS)]);
      const found = (await lookUp(device, patience)).map((address) => withDevice(address, device));
      const fresh = found.filter((address) => !isCircuit(address) && !addresses.includes(address));
      if (fresh.length === 0) throw new Error('the others know no other address of it');
      return dialAddresses(node, fresh, signal);
    });
  }
  const failures: unknown[] = [];
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      failures.push(error);
      if (signal.aborted) break;
    }
  }
  throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'no way leads there');
};

/**
 * Addresses in the order of this try. Where nobody answers at all, not even to refuse, the time is over before all
 * were dialled: so the most promising one comes first each time, and the others go on where the last try ended.
 */
const inTurn = (addresses: readonly string[], timeoutMs: number, tries: number): readonly string[] => {
  const [first, ...others] = addresses;
  if (first === undefined || others.length === 0) return addresses;
  const dialledMin = Math.max(1, Math.floor(timeoutMs / ADDRESS_DIAL_TIMEOUT_MS) - 1);
  const from = (tries * dialledMin) % others.length;
  return [first, ...others.slice(from), ...others.slice(0, from)];
};

/** Asks the hash table of the space where a device is. */
export const lookUpIn = async (
  { peerRouting }: Pick<Libp2p, 'peerRouting'>,
  device: DeviceId,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  // What this device remembers itself has been tried already.
  const found = await peerRouting.findPeer(peerIdFromString(device), { signal, useCache: false });
  return found.multiaddrs.map(String);
};

/** Dials through relays, which may be devices that this one doesn't know yet. */
const dialRelayed = async (
  { node, hold }: ReachParts,
  relayed: readonly string[],
  signal: AbortSignal,
): Promise<Connection> => {
  const relays = new Set(relayed.flatMap((text) => parseAddress(text) ?? []).map(relayInAddress));
  const releases = [...relays].flatMap((relay) => (relay === undefined ? [] : [hold(relay)]));
  try {
    return await dialAddresses(node, relayed, signal);
  } finally {
    for (const release of releases) release();
  }
};
