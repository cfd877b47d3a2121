import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { type GossipSub, gossipsub, StrictNoSign } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Connection, Libp2p, Startable, Stream } from '@libp2p/interface';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { RawStream } from './raw-stream.ts';

/** The protocols of a device. */
export const SYNC_PROTOCOL = '/smo/sync/1.0.0';
export const JOIN_PROTOCOL = '/smo/join/1.0.0';

/** Streams that libp2p lets this peer open: as many as a flood takes. */
const STREAMS_MAX = 10_000;

/** Bytes of a gossip message and its envelope that this peer sends without a second thought. */
const GOSSIP_BYTES_MAX = 4 * 1024 * 1024;

/** What else a raw peer does. */
export interface RawPeerOptions {
  /** Gossip topic that it takes part in; left out: none. */
  readonly topic?: string;
}

/** A libp2p node with the key of a device and nothing of a device's manners: it sends what it is told to. */
export class RawPeer {
  readonly #node: Libp2p;
  /** Sync streams that remotes have opened and nobody has asked for yet, and who asks. */
  readonly #opened: RawStream[] = [];
  readonly #asking: ((stream: RawStream) => void)[] = [];

  readonly #linked = Promise.withResolvers<void>();
  readonly #gossip: (GossipSub & Startable) | undefined;

  private constructor(node: Libp2p, gossip: (GossipSub & Startable) | undefined) {
    this.#node = node;
    this.#gossip = gossip;
    gossip?.addEventListener('gossipsub:graft', () => this.#linked.resolve(), { once: true });
  }

  /** @param seed of the device's Ed25519 key */
  static async start(seed: Uint8Array, { topic }: RawPeerOptions = {}): Promise<RawPeer> {
    let gossip: (GossipSub & Startable) | undefined;
    const node = await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', seed),
      addresses: { listen: [] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
      connectionManager: { maxParallelDials: STREAMS_MAX },
      services: {
        identify: identify(),
        ping: ping(),
        ...(topic !== undefined && {
          gossip: (components: Parameters<ReturnType<typeof gossipsub>>[0]) => {
            gossip = gossipsub(GOSSIP_SETTINGS)(components) as GossipSub & Startable;
            return gossip;
          },
        }),
      },
    });
    const peer = new RawPeer(node, gossip);
    if (topic !== undefined) gossip?.subscribe(topic);
    const streams = { maxInboundStreams: STREAMS_MAX, maxOutboundStreams: STREAMS_MAX };
    await node.handle(SYNC_PROTOCOL, (stream) => peer.#onStream(stream), streams);
    return peer;
  }

  /** Its device id. */
  get device(): string {
    return this.#node.peerId.toString();
  }

  stop(): Promise<void> {
    return Promise.resolve(this.#node.stop());
  }

  /** A connection of its own, beside those that there are. */
  connect(addresses: readonly string[]): Promise<Connection> {
    return this.#node.dial(
      addresses.map((address) => multiaddr(address)),
      { force: true },
    );
  }

  /** Opens a stream, welcome or not. */
  async open(connection: Connection, protocol: string): Promise<RawStream> {
    const stream = await connection.newStream(protocol, { maxOutboundStreams: STREAMS_MAX });
    return new RawStream(stream);
  }

  /** The sync stream with a remote; the side with the smaller id opens it. */
  async sync(addresses: readonly string[]): Promise<RawStream> {
    const connection = await this.connect(addresses);
    const isOpener = this.#node.peerId.toString() < connection.remotePeer.toString();
    return isOpener ? this.open(connection, SYNC_PROTOCOL) : this.#nextOpened();
  }

  /** Waits until messages of its topic go to a remote; before that they would be lost. */
  async gossips(): Promise<void> {
    await this.#linked.promise;
  }

  /** Passes on a gossip message, whatever it is. */
  async publish(topic: string, message: Uint8Array): Promise<void> {
    await this.#required().publish(topic, message);
  }

  #required(): GossipSub {
    if (this.#gossip === undefined) throw new TypeError('this peer takes no part in gossip');
    return this.#gossip;
  }

  #nextOpened(): Promise<RawStream> {
    const stream = this.#opened.shift();
    return stream === undefined
      ? new Promise((resolve) => this.#asking.push(resolve))
      : Promise.resolve(stream);
  }

  #onStream(stream: Stream): void {
    const raw = new RawStream(stream);
    const ask = this.#asking.shift();
    if (ask === undefined) this.#opened.push(raw);
    else ask(raw);
  }
}

/** Everything that is said is sent at once, to everybody. */
const GOSSIP_SETTINGS = {
  globalSignaturePolicy: StrictNoSign,
  floodPublish: true,
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  maxOutboundBufferSize: 64 * GOSSIP_BYTES_MAX,
  maxInboundDataLength: GOSSIP_BYTES_MAX,
} as const;
