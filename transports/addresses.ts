import { CODE_P2P, CODE_P2P_CIRCUIT, type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { type DeviceId, parseDeviceId } from '../protocol/crypto/index.ts';
import { SmoError } from '../protocol/fault/index.ts';

/** A multiaddr of text that may come from anywhere; undefined when it is none. */
export const parseAddress = (text: string): Multiaddr | undefined => {
  try {
    const address = multiaddr(text);
    // The empty text and "/" parse, as an address of nothing.
    return address.getComponents().length > 0 ? address : undefined;
  } catch {
    return undefined;
  }
};

/**
 * A multiaddr that the local person wrote.
 * @throws SmoError `bad_address`
 */
export const requireAddress = (text: string): Multiaddr => {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new SmoError(
    'bad_address',
    `"${text}" is not an address.`,
    'Write it as a multiaddr, for example /ip4/192.168.1.20/tcp/4001.',
  );
};

/** The device that an address leads to (`/p2p/...` at its end); undefined when it names none. */
export const deviceInAddress = (address: Multiaddr): DeviceId | undefined => asDevice(nameInAddress(address));

/** The name of whoever an address leads to, as it stands there; undefined when it names nobody. */
export const nameInAddress = (address: Multiaddr): string | undefined => {
  const parts = address.getComponents();
  // Before the last circuit stands the relay, which isn't where the address leads.
  return nameIn(parts.slice(parts.findLastIndex(({ code }) => code === CODE_P2P_CIRCUIT) + 1));
};

/** The relay that an address goes through, `.../p2p/<relay>/p2p-circuit/...`; undefined when it goes through none. */
export const relayInAddress = (address: Multiaddr): DeviceId | undefined => {
  const parts = address.getComponents();
  const circuit = parts.findLastIndex(({ code }) => code === CODE_P2P_CIRCUIT);
  return circuit < 0 ? undefined : asDevice(nameIn(parts.slice(0, circuit)));
};

const nameIn = (parts: ReturnType<Multiaddr['getComponents']>): string | undefined =>
  parts.findLast(({ code }) => code === CODE_P2P)?.value;

const asDevice = (name: string | undefined): DeviceId | undefined => {
  if (name === undefined) return undefined;
  const verdict = parseDeviceId(name);
  return verdict.ok ? verdict.value : undefined;
};

/** Listening on it means to be reached through relays. */
export const CIRCUIT = '/p2p-circuit';

/** Whether an address goes through a relay. */
export const isCircuit = (address: string): boolean => address.includes(CIRCUIT);

/** The address of a device behind a relay with which this device is connected. */
export const circuitTo = (device: DeviceId, relay: DeviceId): string =>
  `/p2p/${relay}${CIRCUIT}/p2p/${device}`;

/** The address with `/p2p/<device>` at its end. */
export const withDevice = (address: string, device: DeviceId): string =>
  address.endsWith(`/p2p/${device}`) ? address : `${address}/p2p/${device}`;

/** The address without `/p2p/<device>` at its end. */
export const withoutDevice = (address: string, device: DeviceId): string => {
  const name = `/p2p/${device}`;
  return address.endsWith(name) ? address.slice(0, -name.length) : address;
};

/** True for an address of the machine itself, or of its process, which means another one to everyone else. */
export const isLoopback = (address: string): boolean =>
  /^\/ip4\/127\.|^\/ip6\/(::1|0:0:0:0:0:0:0:1)\/|^\/memory\//.test(address);

/**
 * The addresses that are of use to us among those a peer says it listens on: its loopback addresses only if
 * it is on this machine, and none through relays: the way through a relay follows from being connected with it.
 */
export const usableAddresses = (announced: readonly string[], remoteAddress: string): readonly string[] => {
  const isHere = isLoopback(remoteAddress) && !isCircuit(remoteAddress);
  return announced.filter((address) => !isCircuit(address) && (isHere || !isLoopback(address)));
};

/** One part of libp2p's report: an address on a line of its own, indented, and the cause after it. */
const LISTEN_FAILURE = /^ {2}(\/\S+): (.*)$/gm;

/** Turns libp2p's failure to listen, which is one text for all addresses, into an error that names the one at fault. */
export const listenError = (error: unknown): unknown => {
  if (!(error instanceof Error) || error.name !== 'UnsupportedListenAddressesError') return error;
  const causes = [...error.message.matchAll(LISTEN_FAILURE)].map(([, address = '', cause = '']) => ({
    address,
    cause,
  }));
  const inUse = causes.find(({ cause }) => /EADDRINUSE|already in use/.test(cause));
  if (inUse !== undefined) {
    return new SmoError(
      'address_in_use',
      `The address ${inUse.address} is already in use.`,
      'Another node may be running on this machine: stop it, or listen on another port.',
    );
  }
  const [failed] = causes;
  return new SmoError(
    'listen_failed',
    failed === undefined ? error.message : `Cannot listen on ${failed.address}: ${failed.cause}.`,
    'Choose an address of this machine, for example /ip4/0.0.0.0/tcp/0.',
  );
};
