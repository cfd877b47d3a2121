import { type PeerDiscovery, type PeerInfo, start, stop } from '@libp2p/interface';
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { withDevice } from './addresses.ts';
import { deviceOf } from './peer-connection.ts';

/** Most devices whose addresses are remembered; anyone on the network can announce any number. */
const SIGHTINGS_MAX = 256;

/** Most addresses of one announcement that are looked at. */
const ADDRESSES_MAX = 16;

export interface DiscoveryInit {
  /** The mDNS service tag to announce and to search. */
  readonly serviceTag: string;
  /** A device announced itself, again or for the first time. Nothing of it is proven yet. */
  onSighting(device: DeviceId, addresses: readonly string[]): void;
}

/**
 * Finds devices on the local network by mDNS. It isn't given to libp2p as a discovery module: libp2p would
 * keep the addresses of strangers, and would tell only of peers that are new to its peer store (fact 7),
 * whereas a device that comes back must be dialled too. So this listens to the module's own event.
 *
 * The module sends on the default interface only (fact 13) and has no option for another: on a machine with
 * several networks, devices on the others are reached through configured or remembered addresses.
 */
export class Discovery {
  readonly #init: DiscoveryInit;
  readonly #module: PeerDiscovery;
  readonly #sightings = new Map<DeviceId, readonly string[]>();
  readonly #waiting = new Map<DeviceId, Set<() => void>>();

  constructor(components: MulticastDNSComponents, init: DiscoveryInit) {
    this.#init = init;
    this.#module = mdns({ serviceTag: init.serviceTag })(components);
    this.#module.addEventListener('peer', this.#onPeer);
  }

  /** Announces this device and searches; to be called once its addresses are known. */
  async resume(): Promise<void> {
    await start(this.#module);
  }

  /** Falls silent; what was seen is remembered. */
  async pause(): Promise<void> {
    await stop(this.#module);
  }

  /** Where each device last said it is. */
  sightings(): ReadonlyMap<DeviceId, readonly string[]> {
    return this.#sightings;
  }

  /** Waits until the device announces itself the next time; rejects with the signal's reason. */
  nextSighting(device: DeviceId, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(device) ?? new Set();
      this.#waiting.set(device, waiting);
      const done = (): void => {
        waiting.delete(onSighting);
        if (waiting.size === 0 && this.#waiting.get(device) === waiting) this.#waiting.delete(device);
        signal.removeEventListener('abort', onAbort);
      };
      const onSighting = (): void => {
        done();
        resolve();
      };
      const onAbort = (): void => {
        done();
        reject(signal.reason);
      };
      waiting.add(onSighting);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }

  readonly #onPeer = (event: CustomEvent<PeerInfo>): void => {
    const device = deviceOf(event.detail.id);
    if (device === undefined) return;
    const addresses = event.detail.multiaddrs
      .slice(0, ADDRESSES_MAX)
      .map((address) => withDevice(address.toString(), device));
    this.#sightings.delete(device);
    this.#sightings.set(device, addresses);
    const [oldest] = this.#sightings.keys();
    if (this.#sightings.size > SIGHTINGS_MAX && oldest !== undefined) this.#sightings.delete(oldest);
    this.#init.onSighting(device, addresses);
    for (const wake of [...(this.#waiting.get(device) ?? [])]) wake();
  };
}
