import type { DeviceId } from '../protocol/crypto/index.ts';
import { SmoError } from '../protocol/fault/index.ts';
import { deviceInAddress, requireAddress } from './addresses.ts';

/** How a device is reached, and reaches others, beyond its local network: docs/guides/reach.md. */
export interface ReachOptions {
  /** Multiaddrs to tell others besides those of this machine, e.g. of a forwarded port or of a name. */
  readonly announce?: readonly string[];
  /** Pass on the traffic of members that can't reach each other; off when left out. */
  readonly relay?: 'off' | 'serve';
  /** Relays to be reached through, each with `/p2p/<device id>`; when left out, any two members that relay. */
  readonly relayVia?: readonly string[];
  /** Multiaddrs that are tried only while nobody of the space is connected. */
  readonly bootstrap?: readonly string[];
  /** Look for members in a hash table of the space's devices, which speak this protocol; off when left out. */
  readonly dht?: { readonly protocol: string };
  /** Ask the router to let connections in; off when left out. Gateways that are named aren't searched. */
  readonly upnp?: { readonly gateways?: readonly string[] };
}

/**
 * The relays that a person named.
 * @throws SmoError `bad_address`
 */
export const namedRelays = (relayVia: readonly string[]): ReadonlySet<DeviceId> =>
  new Set(
    relayVia.map((text) => {
      const relay = deviceInAddress(requireAddress(text));
      if (relay !== undefined) return relay;
      throw new SmoError(
        'bad_address',
        `"${text}" does not say which device the relay is.`,
        'Add /p2p/ and its id, as `smo up` prints the whole address on the relay.',
      );
    }),
  );
