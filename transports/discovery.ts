import type { Multiaddr } from '@multiformats/multiaddr';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { Mdns, type MdnsInit } from './mdns.ts';
import type { Announcement } from './mdns-records.ts';
import type { MeshLogLevel } from './mesh.ts';

/** Most devices whose addresses are remembered; anyone on the network can announce any number. */
export const SIGHTINGS_MAX = 256;

/** Shortest time between two sightings of a device that are told, in ms: anyone can announce any device, any time. */
export const SIGHTING_MS = 1_000;

/** The part of libp2p's components that discovery uses. */
export interface DiscoveryComponents {
  readonly addressManager: { getAddresses(): Multiaddr[] };
}

export interface DiscoveryInit {
  /** The mDNS service tag to announce and to search. */
  readonly serviceTag: string;
  /**
   * A device announced itself, again or for the first time; told once in {@link SIGHTING_MS}. Nothing of it is proven
   * yet: it is worth a dial, and not to be remembered for good.
   */
  onSighting(device: DeviceId): void;
  log(level: MeshLogLevel, message: string): void;
  /** Makes what speaks mDNS; the real thing when left out. */
  readonly mdns?: (init: MdnsInit) => Pick<Mdns, 'start' | 'stop'>;
}

/** What a device last said of itself. */
interface Sighting {
  readonly addresses: readonly string[];
  readonly toldMs: number;
}

/**
 * Finds devices on the local networks by mDNS. It is no discovery module of libp2p: libp2p would keep the addresses
 * of strangers, and would tell only of peers that are new to its peer store (fact 7), whereas a device that comes
 * back must be dialled too.
 */
export class Discovery {
  readonly #init: DiscoveryInit;
  readonly #mdns: Pick<Mdns, 'start' | 'stop'>;
  readonly #sightings = new Map<DeviceId, Sighting>();
  readonly #waiting = new Map<DeviceId, Set<() => void>>();

  constructor(components: DiscoveryComponents, init: DiscoveryInit) {
    this.#init = init;
    const { mdns = (mdnsInit) => new Mdns(mdnsInit) } = init;
    this.#mdns = mdns({
      serviceTag: init.serviceTag,
      addresses: () => components.addressManager.getAddresses().map(String),
      onAnnouncement: (announcement) => this.#onAnnouncement(announcement),
      log: (level, message) => init.log(level, message),
    });
  }

  /** Announces this device and searches; to be called once its addresses are known. */
  resume(): void {
    this.#mdns.start();
  }

  /** Falls silent; what was seen is remembered. */
  async pause(): Promise<void> {
    await this.#mdns.stop();
  }

  /** Where a device last said it is; nowhere when it is not remembered. */
  addressesOf(device: DeviceId): readonly string[] {
    return this.#sightings.get(device)?.addresses ?? [];
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

  #onAnnouncement({ device, addresses }: Announcement): void {
    const before = this.#sightings.get(device)?.toldMs;
    const nowMs = performance.now();
    const isTold = before === undefined || nowMs - before >= SIGHTING_MS;
    this.#sightings.delete(device);
    this.#sightings.set(device, { addresses, toldMs: isTold ? nowMs : before });
    const [oldest] = this.#sightings.keys();
    if (this.#sightings.size > SIGHTINGS_MAX && oldest !== undefined) this.#sightings.delete(oldest);
    if (isTold) this.#init.onSighting(device);
    for (const wake of [...(this.#waiting.get(device) ?? [])]) wake();
  }
}
