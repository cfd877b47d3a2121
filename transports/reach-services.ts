import { type AutoNATComponents, autoNAT } from '@libp2p/autonat';
import { circuitRelayServer } from '@libp2p/circuit-relay-v2';
import { type DCUtRServiceComponents, dcutr } from '@libp2p/dcutr';
import { identifyPush } from '@libp2p/identify';
import type { PeerId } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { membersOnly, NO_WALK, withParts } from './component-parts.ts';
import type { MeshLogLevel } from './mesh.ts';
import type { ReachOptions } from './reach-options.ts';

/** Devices that one relay keeps a place for: as many as a space may sensibly have. */
const RESERVATIONS_MAX = 256;

/** Relayed connections that one device may open through a relay, and have opened to it: to each other device one. */
const CIRCUITS_MAX = 256;

/** What the services ask of their owner, and tell it. */
export interface ReachServicesInit {
  readonly options: ReachOptions;
  /** False for a device that only dials: there is nothing to find out about its own reach. */
  readonly listens: boolean;
  isMember(peer: PeerId): boolean;
  log(level: MeshLogLevel, message: string): void;
}

/** One of libp2p's services, made of the parts of the node. */
type Service<Components> = (components: Components) => unknown;

/** The services of reach, by the name that each has in the node. Those that are off by default are loaded only when on. */
export const reachServices = async (init: ReachServicesInit): Promise<Record<string, Service<never>>> => {
  const { options, listens } = init;
  const services: Record<string, Service<never>> = {};
  if (listens) {
    // A port of the router, or another network, comes when the others are connected already.
    services.push = identifyPush();
    services.dcutr = upgrades(init);
    services.autonat = dialBacks(init);
  }
  if (options.relay === 'serve') services.relay = relayServer;
  if (options.dht !== undefined) {
    const { memberTable } = await import('./member-table.ts');
    services.dht = memberTable(options.dht.protocol, init.isMember);
  }
  if (options.upnp !== undefined && listens) {
    const { routerMapping } = await import('./router-mapping.ts');
    services.upnp = routerMapping(options.upnp, init.log);
  }
  return services;
};

/**
 * Fact 10: by default a relay cuts each connection after 128 KiB or two minutes. This one serves members only
 * (see Admission), so there is nothing to limit but their number.
 */
const relayServer = circuitRelayServer({
  reservations: { applyDefaultLimit: false, maxReservations: RESERVATIONS_MAX },
  maxInboundHopStreams: CIRCUITS_MAX,
  maxOutboundStopStreams: CIRCUITS_MAX,
});

/**
 * DCUtR: after a relayed connection both sides try each other's public addresses, and hang up the relayed one
 * if they succeed. For members only: a device that is joining would lose its dialogue with the connection.
 */
const upgrades =
  ({ isMember }: ReachServicesInit): Service<DCUtRServiceComponents> =>
  (components) =>
    dcutr()(withParts(components, { registrar: membersOnly(components.registrar, isMember) }));

/**
 * AutoNAT: members dial each other's public addresses on request, and so tell whether they lead anywhere.
 *
 * As it stands the module would take the connection on which it was asked for the one that it dialled, find
 * that its address is another one, and hang it up (fact 18): so its dials are forced to be new ones. What it
 * finds out is only told: addresses are announced without it (see ownAddresses).
 */
const dialBacks =
  ({ isMember, log }: ReachServicesInit): Service<AutoNATComponents> =>
  (components) => {
    const { registrar, connectionManager, addressManager } = components;
    return autoNAT()(
      withParts(components, {
        registrar: membersOnly(registrar, isMember),
        connectionManager: withParts(connectionManager, {
          openConnection: (peer: PeerId | Multiaddr | Multiaddr[], dial: object) =>
            connectionManager.openConnection(peer, { ...dial, force: true }),
        }),
        addressManager: withParts(addressManager, {
          confirmObservedAddr(address: Multiaddr) {
            log('info', `this device can be reached at ${address}: another one has dialled it there`);
            addressManager.confirmObservedAddr(address);
          },
        }),
        randomWalk: NO_WALK,
      }),
    );
  };
