import {
  type Connection,
  type PeerId,
  type Startable,
  type Stream,
  serviceCapabilities,
  serviceDependencies,
} from '@libp2p/interface';
import { compareStrings } from '../protocol/bytes/index.ts';
import type { DeviceId } from '../protocol/crypto/index.ts';
import type { Fault } from '../protocol/fault/index.ts';
import { backoffMs, STABLE_MS } from './backoff.ts';
import { FrameStream } from './frame-stream.ts';
import type { PeerPath, Traffic } from './mesh.ts';
import { answers, deviceOf, hangUp, openConnections, pathOf } from './peer-connection.ts';
import { PROTOCOL_DEPENDENCIES, type ProtocolComponents } from './protocol-service.ts';
import { improves, newPeer, type SyncPeer } from './sync-peer.ts';

/** docs/protocol/sync.md. */
const SYNC_PROTOCOL = '/smo/sync/1.0.0';

/** How long opening the stream may take, in ms. */
const OPEN_TIMEOUT_MS = 10_000;

/**
 * Streams of this protocol on one connection and in one direction (fact 8: libp2p would allow 32 and 64): the
 * one that lives, and one that is being refused.
 */
const STREAMS_MAX = 2;

/** What the sync protocol asks of its owner, and tells it. */
export interface SegmentSyncInit {
  isMember(device: DeviceId): boolean;
  onPeerConnected(peer: DeviceId, path: PeerPath): void;
  onPeerDisconnected(peer: DeviceId, reason: string, fault?: Fault): void;
  onFrame(peer: DeviceId, frame: Uint8Array): void;
  /** From 0 up to 1. */
  random(): number;
}

/**
 * The sync protocol as a libp2p service: exactly one live stream with each connected member, however many
 * connections there are. Invariants:
 *
 * - S1: only the device whose id is smaller (by UTF-16 code units) opens a stream; the other one refuses to
 *   be its acceptor, so two simultaneous dials can't end in two streams.
 * - S2: a peer has at most one channel; `onPeerConnected` and `onPeerDisconnected` alternate.
 * - S3: a live channel yields to a newer stream only when its connection no longer answers, so that two
 *   devices with one key (a copied disk) don't take the stream from each other for ever; or when it runs
 *   through a relay and the newer stream does not (S4).
 * - S4: direct is better than relayed. Once the opener has a stream on a direct connection, it ends the one on
 *   the relayed connection and hangs that connection up. A session is cheap to begin again.
 */
export class SegmentSync implements Startable {
  readonly [Symbol.toStringTag] = '@smo/segment-sync';
  readonly [serviceCapabilities] = ['@smo/segment-sync'];
  readonly [serviceDependencies] = PROTOCOL_DEPENDENCIES;

  readonly #components: ProtocolComponents;
  readonly #init: SegmentSyncInit;
  readonly #peers = new Map<DeviceId, SyncPeer>();
  #topology: string | undefined;
  #started = false;
  #traffic = { bytesIn: 0, bytesOut: 0, framesIn: 0, framesOut: 0 };

  constructor(components: ProtocolComponents, init: SegmentSyncInit) {
    this.#components = components;
    this.#init = init;
  }

  async start(): Promise<void> {
    this.#started = true;
    const { registrar } = this.#components;
    await registrar.handle(SYNC_PROTOCOL, this.#onStream, {
      maxInboundStreams: STREAMS_MAX,
      maxOutboundStreams: STREAMS_MAX,
      runOnLimitedConnection: true,
    });
    // Fact 6: without a filter a topology hears of every connection, which is what is wanted here: the newer
    // of two may be the one that works. A filter would also hide later, better connections.
    this.#topology = await registrar.register(SYNC_PROTOCOL, {
      notifyOnLimitedConnection: true,
      onConnect: (peerId, connection) => this.#onConnection(peerId, connection),
    });
  }

  async stop(): Promise<void> {
    this.#started = false;
    const { registrar } = this.#components;
    if (this.#topology !== undefined) registrar.unregister(this.#topology);
    this.#topology = undefined;
    for (const device of [...this.#peers.keys()]) this.close(device, 'this device stopped');
    await registrar.unhandle(SYNC_PROTOCOL);
  }

  /** Queues a frame for a peer; dropped when it has no stream. */
  send(device: DeviceId, frame: Uint8Array): void {
    const frames = this.#peers.get(device)?.channel?.frames;
    if (frames === undefined) return;
    frames.send(frame);
    if (!frames.open) return;
    this.#traffic.bytesOut += frame.length;
    this.#traffic.framesOut += 1;
  }

  /** Ends the stream with a peer and forgets its back-off; the connection stays. */
  close(device: DeviceId, reason: string): void {
    const peer = this.#peers.get(device);
    if (peer === undefined) return;
    this.#peers.delete(device);
    clearTimeout(peer.retry);
    peer.channel?.frames.abort(reason);
  }

  /** Opens the streams that are missing with connected members, forgetting back-off. */
  openMissing(): void {
    for (const { remotePeer } of openConnections(this.#components.connectionManager.getConnections())) {
      const peer = this.#peer(remotePeer);
      if (peer === undefined) continue;
      peer.failures = 0;
      void this.#open(peer);
    }
  }

  traffic(): Traffic {
    return { ...this.#traffic };
  }

  /** The state of a member; undefined for anyone else. */
  #peer(peerId: PeerId): SyncPeer | undefined {
    const device = deviceOf(peerId);
    if (device === undefined || !this.#started || !this.#init.isMember(device)) return undefined;
    const known = this.#peers.get(device);
    if (known !== undefined) return known;
    const peer = newPeer(device, peerId);
    this.#peers.set(device, peer);
    return peer;
  }

  /** S1. */
  #isOpener(peer: SyncPeer): boolean {
    return compareStrings(this.#components.peerId.toString(), peer.device) < 0;
  }

  /** A member connected and speaks the protocol. */
  async #onConnection(peerId: PeerId, connection: Connection): Promise<void> {
    const peer = this.#peer(peerId);
    if (peer === undefined || !this.#isOpener(peer)) return;
    const current = peer.channel?.connection;
    if ((await this.#holds(peer, connection)) && current?.direct && !connection.direct) {
      void hangUp(connection, 'a direct connection is up');
    }
    await this.#open(peer);
  }

  /** Opens the stream if it is ours to open, and missing or on a worse connection than there is. */
  async #open(peer: SyncPeer): Promise<void> {
    if (peer.opening || !this.#isOpener(peer) || !this.#wanted(peer)) return;
    const connection = this.#best(peer);
    // Without a connection there is nothing to retry: the next one calls again.
    if (connection === undefined || !improves(connection, peer.channel)) return;
    clearTimeout(peer.retry);
    peer.retry = undefined;
    peer.opening = true;
    try {
      const stream = await connection.newStream(SYNC_PROTOCOL, {
        signal: AbortSignal.timeout(OPEN_TIMEOUT_MS),
        maxOutboundStreams: STREAMS_MAX,
        runOnLimitedConnection: true,
      });
      if (!this.#wanted(peer)) stream.abort(new Error('the peer is no longer welcome'));
      else this.#adopt(peer, stream, connection);
    } catch {
      // The connection broke, or the remote doesn't speak the protocol just now.
    } finally {
      peer.opening = false;
    }
    // It failed, or a better connection has come meanwhile.
    const best = this.#best(peer);
    if (best === undefined || improves(best, peer.channel)) this.#retryLater(peer);
  }

  #best({ peerId }: SyncPeer): Connection | undefined {
    return openConnections(this.#components.connectionManager.getConnections(peerId))[0];
  }

  /** True while this state is the current one of a member. */
  #wanted(peer: SyncPeer): boolean {
    return this.#started && this.#peers.get(peer.device) === peer && this.#init.isMember(peer.device);
  }

  #retryLater(peer: SyncPeer): void {
    if (peer.retry !== undefined || !this.#isOpener(peer) || !this.#wanted(peer)) return;
    const delayMs = backoffMs(peer.failures, this.#init.random);
    peer.failures += 1;
    peer.retry = setTimeout(() => {
      peer.retry = undefined;
      void this.#open(peer);
    }, delayMs).unref();
  }

  /** A remote opened a stream. */
  readonly #onStream = async (stream: Stream, connection: Connection): Promise<void> => {
    const peer = this.#peer(connection.remotePeer);
    if (peer === undefined) return stream.abort(new Error('only members of the space may sync'));
    if (this.#isOpener(peer)) return stream.abort(new Error('the stream is for the other side to open'));
    await this.#holds(peer, connection);
    if (!improves(connection, peer.channel) || !this.#wanted(peer)) {
      return stream.abort(new Error('a sync stream with this peer is already up'));
    }
    this.#adopt(peer, stream, connection);
  };

  /**
   * S3: gives whether the channel stays although the peer has come on another connection that is no better. The
   * old one may be dead without having said so; then it is cut.
   */
  async #holds(peer: SyncPeer, other: Connection): Promise<boolean> {
    const { channel } = peer;
    if (channel === undefined || channel.connection.id === other.id) return false;
    if (improves(other, channel) || peer.probing) return false;
    peer.probing = true;
    const alive = await answers(channel.connection);
    peer.probing = false;
    if (!alive) channel.connection.abort(new Error('the connection no longer answers'));
    return alive;
  }

  /** Makes a stream the channel, in place of one on a relayed connection if there is one. */
  #adopt(peer: SyncPeer, stream: Stream, connection: Connection): void {
    // A stream that closed before now will never say so again.
    if (stream.status !== 'open') return;
    this.#giveUp(peer);
    const { device } = peer;
    const frames = new FrameStream(stream, {
      onFrame: (frame) => {
        // Between the end of a channel and the last words of its stream nothing more is heard.
        if (peer.channel?.frames !== frames) return;
        this.#traffic.bytesIn += frame.length;
        this.#traffic.framesIn += 1;
        this.#init.onFrame(device, frame);
      },
      onEnd: () => frames.abort('the other side ended the session'),
      onClosed: (reason, fault) => {
        // Of a channel that was replaced, the end has been told.
        if (peer.channel?.frames === frames) this.#onClosed(peer, reason, fault);
      },
    });
    peer.channel = { frames, connection, sinceMs: performance.now() };
    // Tasks of their own keep the order and never call the host from within its own call.
    queueMicrotask(() => {
      this.#init.onPeerConnected(device, pathOf(connection));
      frames.start();
    });
  }

  /** S4: ends the channel because a better stream is there. */
  #giveUp(peer: SyncPeer): void {
    const { channel } = peer;
    if (channel === undefined) return;
    const reason = 'a direct connection takes over';
    peer.channel = undefined;
    queueMicrotask(() => this.#init.onPeerDisconnected(peer.device, reason));
    channel.frames.abort(reason);
    if (this.#isOpener(peer)) void hangUp(channel.connection, reason);
  }

  #onClosed(peer: SyncPeer, reason: string, fault: Fault | undefined): void {
    const { channel } = peer;
    peer.channel = undefined;
    if (channel !== undefined && performance.now() - channel.sinceMs >= STABLE_MS) peer.failures = 0;
    queueMicrotask(() => this.#init.onPeerDisconnected(peer.device, reason, fault));
    this.#retryLater(peer);
  }
}

/** Makes the sync protocol a service of a libp2p node. */
export const segmentSync =
  (init: SegmentSyncInit) =>
  (components: ProtocolComponents): SegmentSync =>
    new SegmentSync(components, init);
