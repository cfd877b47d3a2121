import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { identify } from '@libp2p/identify';
import type { ConnectionGater, Libp2p, PrivateKey } from '@libp2p/interface';
import { memory } from '@libp2p/memory';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { CIRCUIT } from './addresses.ts';
import { ADDRESS_DIAL_TIMEOUT_MS } from './dial.ts';
import type { DiscoveryComponents } from './discovery.ts';
import { UNSENT_BYTES_MAX } from './frame-stream.ts';
import type { SpaceGossip, SpaceGossipComponents } from './gossip.ts';
import { type OwnAddress, ownAddresses } from './own-addresses.ts';
import type { ProtocolComponents } from './protocol-service.ts';
import { type ReachServicesInit, reachServices } from './reach-services.ts';
import type { RelayClient } from './relay-client.ts';
import type { SegmentSync } from './segment-sync.ts';
import { endingSilence } from './silence.ts';
import type { SpaceJoin } from './space-join.ts';

/** Connections from one host per second, and connections in the middle of their handshake. */
const INBOUND_PER_SECOND_MAX = 100;
const INBOUND_PENDING_MAX = 100;

/** Connections in all; those that carry a stream of ours are never closed to make room. */
const CONNECTIONS_MAX = 512;

/** Dials at the same time, and dials that wait for their turn. */
const DIALS_MAX = 64;
const DIAL_QUEUE_MAX = 512;

/** Ping streams per connection: libp2p's monitor, and our own question whether a connection is alive. */
const PING_STREAMS_MAX = 8;

/** How long libp2p's monitor waits for the answer to a ping, in ms: until it sends the next. */
const PING_TIMEOUT_MS = 10_000;

/** The services of our node. */
export type NodeServices = {
  readonly identify: unknown;
  readonly ping: unknown;
  readonly sync: SegmentSync;
  readonly join: SpaceJoin;
  readonly gossip?: SpaceGossip;
};

export interface NodeInit {
  readonly privateKey: PrivateKey;
  readonly self: DeviceId;
  readonly listen: readonly string[];
  readonly relays: RelayClient;
  readonly reach: Omit<ReachServicesInit, 'listens'>;
  readonly memory: boolean;
  readonly gater: ConnectionGater;
  readonly sync: (components: ProtocolComponents) => SegmentSync;
  readonly join: (components: ProtocolComponents) => SpaceJoin;
  /** Undefined: this device doesn't take part in gossip. */
  readonly gossip: ((components: SpaceGossipComponents) => SpaceGossip) | undefined;
  /** Called with the parts of the node that discovery needs, while the node is built. */
  readonly onComponents: (components: DiscoveryComponents) => void;
}

/**
 * Builds the libp2p node, not yet started: TCP, WebSockets and relays, Noise, Yamux, identify and ping, the
 * services of reach, and our own protocols. All of libp2p's settings stand here. No stream middleware is
 * installed: `node.use()` leaks handlers (fact 4; the numbered facts are those of docs/libp2p-facts.md).
 */
export const createNode = async (init: NodeInit): Promise<Libp2p<NodeServices>> => {
  const { self, relays, reach } = init;
  const listens = init.listen.length > 0;
  let known: () => readonly OwnAddress[] = () => [];
  return createLibp2p<NodeServices>({
    start: false,
    privateKey: init.privateKey,
    // What a peer is told of this machine: not its Node version, as would be the default.
    nodeInfo: { name: 'smo-mesh', userAgent: 'smo-mesh' },
    addresses: {
      listen: [
        ...init.listen.filter((address) => address !== CIRCUIT),
        // Each stands for one relay, whichever it will be.
        ...Array.from({ length: listens ? relays.slots : 0 }, () => CIRCUIT),
      ],
      appendAnnounce: [...(reach.options.announce ?? [])],
      announceFilter: () => ownAddresses(known(), self).map((address) => multiaddr(address)),
    },
    transports: [
      tcp(),
      webSockets(),
      ...(init.memory ? [memory()] : []),
      (components) => {
        known = () => components.addressManager.getAddressesWithMetadata();
        return relays.transport(components);
      },
    ],
    connectionEncrypters: [(components) => endingSilence(noise()(components))],
    streamMuxers: [
      // Fact 2: by default the write buffer of a stream has no bound at all. Ours is bounded by FrameStream;
      // this is the second line, and covers libp2p's own streams.
      yamux({ streamOptions: { maxWriteBufferLength: UNSENT_BYTES_MAX } }),
    ],
    connectionGater: init.gater,
    connectionManager: {
      addressDialTimeout: ADDRESS_DIAL_TIMEOUT_MS,
      // By default public addresses go first; our callers know better and put the freshest first.
      addressSorter: () => 0,
      maxConnections: CONNECTIONS_MAX,
      maxParallelDials: DIALS_MAX,
      maxDialQueueLength: DIAL_QUEUE_MAX,
      // Fact 8: the defaults (5 per second and host, 10 pending) refuse a mesh on one machine or behind one
      // router that comes back at once.
      inboundConnectionThreshold: INBOUND_PER_SECOND_MAX,
      maxIncomingPendingConnections: INBOUND_PENDING_MAX,
    },
    connectionMonitor: {
      // Fact 9: whether a connection is alive is not for a ping to say, but something has to come.
      abortConnectionOnPingFailure: false,
      pingTimeout: { minTimeout: PING_TIMEOUT_MS },
    },
    services: {
      ...(await reachServices({ ...reach, listens })),
      identify: identify(),
      ping: ping({ maxInboundStreams: PING_STREAMS_MAX, maxOutboundStreams: PING_STREAMS_MAX }),
      sync: init.sync,
      ...(init.gossip && { gossip: init.gossip }),
      join: (components) => {
        init.onComponents(components);
        return init.join(components);
      },
    },
  });
};
