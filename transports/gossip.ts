import {
  type GossipSub,
  type GossipSubComponents,
  gossipsub,
  type MeshPeer,
  TopicValidatorResult,
} from '@libp2p/gossipsub';
import {
  type Connection,
  type Libp2pEvents,
  type PeerId,
  type Startable,
  type Stream,
  serviceCapabilities,
  serviceDependencies,
  type TypedEventTarget,
} from '@libp2p/interface';
import { type DeviceId, parseDeviceId } from '../protocol/crypto/index.ts';
import type { GossipVerdict } from '../protocol/sync/index.ts';
import { GossipBudget } from './gossip-budget.ts';
import { GOSSIP_RPC_BYTES_MAX, gossipSettings } from './gossip-settings.ts';
import { MemberRegistrar } from './member-registrar.ts';
import { meteredStream } from './metered-stream.ts';
import { deviceOf, openConnections } from './peer-connection.ts';
import { PROTOCOL_DEPENDENCIES } from './protocol-service.ts';

/** What gossip asks of its owner, and tells it. */
export interface SpaceGossipInit {
  /** The one topic: that of the space. */
  readonly topic: string;
  isMember(device: DeviceId): boolean;
  /** A member has passed on a message; the verdict decides whether it goes further. */
  onMessage(peer: DeviceId, message: Uint8Array): Promise<GossipVerdict>;
  /** Messages go both ways between this device and a member from now on. */
  onLink(peer: DeviceId): void;
}

/** The part of libp2p's components that gossip uses. */
export interface SpaceGossipComponents extends GossipSubComponents {
  readonly events: TypedEventTarget<Libp2pEvents>;
}

const RESULTS: Readonly<Record<GossipVerdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};

/**
 * The gossip of a space as a libp2p service: gossipsub with one topic, among members alone. A message is passed on
 * only after its verdict (docs/protocol/gossip.md).
 */
export class SpaceGossip implements Startable {
  readonly [Symbol.toStringTag] = '@smo/space-gossip';
  readonly [serviceCapabilities] = ['@smo/space-gossip'];
  readonly [serviceDependencies] = PROTOCOL_DEPENDENCIES;

  readonly #init: SpaceGossipInit;
  readonly #components: SpaceGossipComponents;
  readonly #members: MemberRegistrar;
  /** What each member may still send; a new connection brings nothing new. */
  readonly #budgets = new Map<string, GossipBudget>();
  readonly #pubsub: GossipSub & Startable;

  constructor(components: SpaceGossipComponents, init: SpaceGossipInit) {
    this.#init = init;
    this.#components = components;
    this.#members = new MemberRegistrar(
      components.registrar,
      (peer) => this.#isMember(peer),
      (stream, peer) => this.#metered(stream, peer),
    );
    // By name: the components of a node are no plain object that could be spread.
    const { privateKey, peerId, peerStore, connectionManager, logger } = components;
    this.#pubsub = gossipsub(gossipSettings(init.topic))({
      privateKey,
      peerId,
      peerStore,
      connectionManager,
      logger,
      registrar: this.#members.registrar,
    }) as GossipSub & Startable;
    this.#pubsub.topicValidators.set(init.topic, (peer, { data }) => this.#validate(peer, data));
  }

  async start(): Promise<void> {
    this.#components.events.addEventListener('connection:close', this.#onConnectionClose);
    this.#pubsub.addEventListener('gossipsub:graft', this.#onGraft);
    await this.#pubsub.start();
    this.#pubsub.subscribe(this.#init.topic);
  }

  async stop(): Promise<void> {
    this.#components.events.removeEventListener('connection:close', this.#onConnectionClose);
    this.#pubsub.removeEventListener('gossipsub:graft', this.#onGraft);
    await this.#pubsub.stop();
  }

  /** Hands a message to the members that are connected; lost when there is none. */
  publish(message: Uint8Array): void {
    // Gossip is a hint: nobody waits for it, and what could not be sent is found by anti-entropy.
    this.#pubsub.publish(this.#init.topic, message).catch(() => {});
  }

  /** To call when members have come or gone: a connection may outlive a change of what its peer may hear. */
  admissionChanged(): void {
    this.#members.changed(openConnections(this.#components.connectionManager.getConnections()));
  }

  #isMember(peer: PeerId): boolean {
    const device = deviceOf(peer);
    return device !== undefined && this.#init.isMember(device);
  }

  /** Gossip past the budget of its sender is dropped unread: it is a hint, and anti-entropy makes up for it. */
  #metered(stream: Stream, peer: PeerId): Stream {
    const key = peer.toString();
    const budget = this.#budgets.get(key) ?? new GossipBudget(performance.now());
    this.#budgets.set(key, budget);
    return meteredStream(stream, {
      frameBytesMax: GOSSIP_RPC_BYTES_MAX,
      passes: (bytes) => budget.take(bytes, performance.now()),
    });
  }

  async #validate(peer: PeerId, data: Uint8Array): Promise<TopicValidatorResult> {
    const device = deviceOf(peer);
    // It was removed while its message was on its way.
    if (device === undefined || !this.#init.isMember(device)) return TopicValidatorResult.Ignore;
    return RESULTS[await this.#init.onMessage(device, data)];
  }

  /** Fact 15: a gossip stream that goes down with one of two connections is not opened again on the other. */
  readonly #onConnectionClose = ({ detail }: CustomEvent<Connection>): void => {
    this.#members.changed(
      openConnections(this.#components.connectionManager.getConnections(detail.remotePeer)),
    );
  };

  readonly #onGraft = ({ detail }: CustomEvent<MeshPeer>): void => {
    const device = parseDeviceId(detail.peerId);
    if (device.ok) this.#init.onLink(device.value);
  };
}

/** Makes the gossip of a space a service of a libp2p node. */
export const spaceGossip =
  (init: SpaceGossipInit) =>
  (components: SpaceGossipComponents): SpaceGossip =>
    new SpaceGossip(components, init);
