/** How a device is reached, and reaches others, beyond its local network; see transports/reach-options.ts. */
export interface ReachInput {
  /** Multiaddrs to tell others besides those of this machine. */
  readonly announce: readonly string[];
  /** Pass on what members send each other. */
  readonly relay: boolean;
  /** Multiaddrs of the relays to be reached through; empty: any member that relays. */
  readonly relayVia: readonly string[];
  /** Multiaddrs to try while nobody of the space is connected. */
  readonly bootstrap: readonly string[];
  /** Find members through a hash table of the space's devices. */
  readonly dht: boolean;
  /** Ask the router to let connections in. */
  readonly upnp: boolean;
}
