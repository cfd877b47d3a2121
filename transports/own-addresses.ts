import type { Multiaddr } from '@multiformats/multiaddr';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { isCircuit, isLoopback, relayInAddress, withDevice } from './addresses.ts';

/** Addresses through one relay that are told to others: a relay with many interfaces has many, all alike. */
const CIRCUITS_MAX = 2;

/** An address of this device, as libp2p's address manager keeps it. */
export interface OwnAddress {
  readonly multiaddr: Multiaddr;
  readonly verified: boolean;
  readonly type: string;
}

/**
 * Where this device says that it is reached, direct addresses first.
 *
 * libp2p keeps a public address to itself until strangers have dialled it several times over (fact 19), which in
 * a mesh of five devices never happens. Here everyone who is told is a member and can find out for himself. So
 * all that this device listens on, was told to announce or got from its router is announced; only what others
 * claim to have observed has to be verified.
 */
export const ownAddresses = (addresses: readonly OwnAddress[], self: DeviceId): readonly string[] => {
  const texts = addresses
    .filter(({ verified, type }) => verified || type !== 'observed')
    .map(({ multiaddr }) => multiaddr);
  const direct = texts.map(String).filter((text) => !isCircuit(text));
  const circuits = new Map<DeviceId, string[]>();
  for (const address of texts) {
    const relay = relayInAddress(address);
    if (relay !== undefined) circuits.set(relay, [...(circuits.get(relay) ?? []), address.toString()]);
  }
  const relayed = [...circuits.values()].flatMap((of) => usefulFirst(of).slice(0, CIRCUITS_MAX));
  return [...new Set([...direct, ...relayed].map((text) => withDevice(text, self)))];
};

/** A relay's loopback address leads elsewhere on any other machine: it comes last. */
const usefulFirst = (circuits: readonly string[]): readonly string[] =>
  circuits.toSorted((a, b) => Number(isLoopback(a)) - Number(isLoopback(b)));
