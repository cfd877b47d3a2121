import {
  type CircuitRelayTransportComponents,
  circuitRelayTransport,
  RELAY_V2_HOP_CODEC,
} from '@libp2p/circuit-relay-v2';
import type { Connection, PeerId, Topology, Transport } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { relayInAddress } from './addresses.ts';
import { BACKOFF_MAX_MS, backoffMs } from './backoff.ts';
import { NO_WALK, withParts } from './component-parts.ts';
import { deviceOf } from './peer-connection.ts';

/** Through how many relays a device is reached when none is named: one more than needed, for when one goes away. */
const RELAYS_MAX = 2;

/** What the relay client asks of its owner, and tells it. */
export interface RelayClientInit {
  /** Relays that a person named; when empty, every member that relays will do. */
  readonly via: ReadonlySet<DeviceId>;
  isMember(device: DeviceId): boolean;
  /** The open connections with a device. */
  connections(device: DeviceId): readonly Connection[];
  /** A device that relays has connected. */
  onRelay(): void;
  /** From 0 up to 1. */
  random(): number;
}

/**
 * Finds relays among the connected members, and is reached through them.
 *
 * libp2p's own search takes any peer for a relay, walks the network for more, and asks each once: a relay that
 * refuses a device because it has not yet heard that this one is a member would never be asked again; and a
 * relay that is named in a listen address is lost for good with its first connection (fact 17). So libp2p's
 * search is handed the relays one by one, by this class, for as long as a reservation is missing.
 */
export class RelayClient {
  readonly #init: RelayClientInit;
  /** Connected devices that speak the relay protocol. */
  readonly #serving = new Map<DeviceId, PeerId>();
  /** What libp2p's search would do with a relay that it found. */
  #found: Topology['onConnect'];
  /** Where this device is reached, as libp2p says. */
  #addresses: () => readonly Multiaddr[] = () => [];
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(init: RelayClientInit) {
    this.#init = init;
  }

  /** How many relays this device wants to be reached through. */
  get slots(): number {
    return this.#init.via.size > 0 ? this.#init.via.size : RELAYS_MAX;
  }

  /** The transport for connections through relays. */
  readonly transport = (components: CircuitRelayTransportComponents): Transport => {
    const { registrar, peerStore, addressManager } = components;
    this.#addresses = () => addressManager.getAddresses();
    return circuitRelayTransport()(
      withParts(components, {
        registrar: withParts(registrar, {
          register: (protocol: string, topology: Topology) =>
            registrar.register(protocol, protocol === RELAY_V2_HOP_CODEC ? this.#watch(topology) : topology),
        }),
        // No search in the memory of peers, and none in the network.
        peerStore: withParts(peerStore, { all: async () => [] }),
        randomWalk: NO_WALK,
      }),
    );
  };

  /** The members through which others can be reached now. */
  relays(): readonly DeviceId[] {
    return [...this.#serving.keys()].filter(
      (device) => this.#init.isMember(device) && this.#direct(device) !== undefined,
    );
  }

  /** To call when who is a member may have changed: asks for the reservations that are missing. */
  look(): void {
    this.#failures = 0;
    this.#reserve();
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #watch(topology: Topology): Topology {
    this.#found = topology.onConnect?.bind(topology);
    return {
      onConnect: (peer, connection) => {
        const device = deviceOf(peer);
        // A relay behind a relay is no use: relays refuse to be chained.
        if (device === undefined || !connection.direct) return;
        this.#serving.set(device, peer);
        this.look();
        this.#init.onRelay();
      },
      onDisconnect: (peer) => {
        const device = deviceOf(peer);
        if (device !== undefined) this.#serving.delete(device);
      },
    };
  }

  #reserve(): void {
    this.stop();
    const { via } = this.#init;
    const reserved = new Set(this.#addresses().map(relayInAddress));
    reserved.delete(undefined);
    const relays = this.relays().filter((relay) => via.size === 0 || via.has(relay));
    // The next relay that connects calls again.
    if (relays.length === 0) return;
    const missing = reserved.size < this.slots ? relays.filter((relay) => !reserved.has(relay)) : [];
    for (const relay of missing) {
      const peer = this.#serving.get(relay);
      const connection = this.#direct(relay);
      if (peer !== undefined && connection !== undefined) void this.#found?.(peer, connection);
    }
    // A place can be lost without the connection: nobody says so, so it is looked at now and then.
    const waitMs = missing.length > 0 ? backoffMs(this.#failures, this.#init.random) : BACKOFF_MAX_MS;
    this.#failures = missing.length > 0 ? this.#failures + 1 : 0;
    this.#retry = setTimeout(() => this.#reserve(), waitMs).unref();
  }

  #direct(device: DeviceId): Connection | undefined {
    return this.#init.connections(device).find(({ direct }) => direct);
  }
}
