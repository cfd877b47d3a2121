import type { Connection, IdentifyResult, Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { SmoError } from '../protocol/fault/index.ts';
import { listenError, usableAddresses, withDevice } from './addresses.ts';
import type { Admission } from './admission.ts';
import { openDialogue } from './dial-inviter.ts';
import type { Discovery } from './discovery.ts';
import type { NodeServices } from './libp2p-node.ts';
import type { FramePipe, JoinTarget, Mesh, MeshHost, Traffic } from './mesh.ts';
import { deviceOf, hangUp, openConnections, pathOf } from './peer-connection.ts';
import type { Redialer } from './redialer.ts';
import type { RelayClient } from './relay-client.ts';

/** When an orderly stop is given up for a hard one, in ms; {@link Mesh.stop} promises 3 s in all. */
const STOP_TIMEOUT_MS = 2_500;

/** Most addresses that a peer may tell of itself. */
const ANNOUNCED_MAX = 16;

/** Most connections with one device. Two are usual for a moment; a link that flaps may leave some dead ones. */
export const CONNECTIONS_PER_DEVICE_MAX = 8;

/** An outbound connection that lives shorter than this, in ms, was probably refused. */
const REFUSAL_MS = 1_000;

/** The parts of a mesh, already wired to each other. */
export interface MeshParts {
  readonly self: DeviceId;
  readonly node: Libp2p<NodeServices>;
  readonly admission: Admission;
  readonly redialer: Redialer;
  readonly relays: RelayClient;
  /** Undefined when the local network isn't searched. */
  readonly discovery: Discovery | undefined;
  readonly host: MeshHost;
}

/** The mesh over a libp2p node. */
export class Libp2pMesh implements Mesh {
  readonly device: DeviceId;
  readonly #parts: MeshParts;
  #state: 'new' | 'running' | 'stopped' = 'new';
  #started: Promise<void> = Promise.resolve();

  constructor(parts: MeshParts) {
    this.device = parts.self;
    this.#parts = parts;
    parts.node.addEventListener('connection:open', ({ detail }) => this.#onOpen(detail));
    parts.node.addEventListener('connection:close', ({ detail }) => this.#onClose(detail));
    parts.node.addEventListener('peer:identify', ({ detail }) => this.#onIdentify(detail));
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') throw new TypeError(`a mesh that is ${this.#state} cannot be started`);
    const { node, admission } = this.#parts;
    this.#state = 'running';
    this.#started = Promise.resolve(node.start());
    try {
      await this.#started;
    } catch (error) {
      this.#state = 'stopped';
      throw listenError(error);
    }
    if (!admission.closed) await this.#goOnline();
  }

  async stop(): Promise<void> {
    const wasRunning = this.#state === 'running';
    this.#state = 'stopped';
    if (!wasRunning) return;
    const { node, admission, redialer, relays, host } = this.#parts;
    admission.closed = true;
    admission.stop();
    redialer.stop();
    relays.stop();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        for (const connection of node.getConnections()) connection.abort(new Error('this device stopped'));
        host.log('warn', 'some connections had to be cut while stopping');
        resolve();
      }, STOP_TIMEOUT_MS);
    });
    try {
      await Promise.race([this.#shutDown(), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  addresses(): readonly string[] {
    return this.#parts.node.getMultiaddrs().map((address) => address.toString());
  }

  send(peer: DeviceId, frame: Uint8Array): void {
    this.#parts.node.services.sync.send(peer, frame);
  }

  publish(message: Uint8Array): void {
    this.#parts.node.services.gossip?.publish(message);
  }

  disconnect(peer: DeviceId, reason: string): void {
    this.#parts.node.services.sync.close(peer, reason);
    for (const connection of this.#connections(peer)) void hangUp(connection, reason);
  }

  redialNow(): void {
    this.#parts.node.services.sync.openMissing();
    this.#parts.redialer.now();
  }

  admissionChanged(): void {
    const { node, admission, host } = this.#parts;
    for (const connection of node.getConnections()) {
      const device = deviceOf(connection.remotePeer);
      if (device === undefined) continue;
      // The right to sync and the right to be connected end apart: a removed member may be here as a guest.
      if (!host.isMember(device)) node.services.sync.close(device, 'it is not a member of the space');
      if (!admission.isWelcome(device)) void hangUp(connection, 'it is not welcome');
      admission.connectionsChanged(connection);
    }
    node.services.gossip?.admissionChanged();
    this.#parts.relays.look();
    this.redialNow();
  }

  async pause(): Promise<void> {
    const { node, admission, redialer, relays, discovery } = this.#parts;
    admission.closed = true;
    redialer.stop();
    relays.stop();
    await Promise.all([
      discovery?.pause(),
      ...node.getConnections().map((connection) => this.#refuse(connection, 'this device went off-line')),
    ]);
  }

  async resume(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#parts.admission.closed = false;
    if (this.#state === 'running') await this.#goOnline();
  }

  async openJoin(target: JoinTarget, options: { readonly signal: AbortSignal }): Promise<FramePipe> {
    if (this.#state !== 'running' || this.#parts.admission.closed) {
      throw new SmoError('offline', 'This device is off-line.', 'Go on-line first.');
    }
    return openDialogue(
      { ...this.#parts, connections: (device) => this.#connections(device) },
      target,
      options.signal,
    );
  }

  traffic(): Traffic {
    return this.#parts.node.services.sync.traffic();
  }

  async #goOnline(): Promise<void> {
    const { admission, redialer, discovery } = this.#parts;
    // Not before the node listens: a device that is asked where it is must have an answer.
    discovery?.resume();
    // A stop or a pause may have come meanwhile.
    if (admission.closed) await discovery?.pause();
    else redialer.start();
  }

  async #shutDown(): Promise<void> {
    const { node, discovery } = this.#parts;
    // libp2p ignores a stop while it starts; a failed start has stopped by itself.
    await this.#started.catch(() => {});
    await Promise.all([discovery?.pause(), node.stop()]);
  }

  #connections(device: DeviceId): readonly Connection[] {
    return openConnections(this.#parts.node.getConnections(peerIdFromString(device)));
  }

  readonly #onOpen = (connection: Connection): void => {
    const { admission, redialer, host } = this.#parts;
    const device = deviceOf(connection.remotePeer);
    // It was upgraded while the gate was being closed.
    if (admission.closed || device === undefined) {
      void this.#refuse(connection, 'this device is off-line');
      return;
    }
    admission.connectionsChanged(connection);
    for (const spare of this.#connections(device).slice(CONNECTIONS_PER_DEVICE_MAX))
      void hangUp(spare, 'there are too many connections with this device');
    // A way without the relay is looked for at once.
    if (!connection.direct) redialer.refresh();
    else if (connection.direction === 'outbound' && admission.isKnown(device)) {
      host.onAddresses(device, [withDevice(pathOf(connection).address, device)]);
    }
  };

  #onClose(connection: Connection): void {
    const { admission, redialer, host } = this.#parts;
    admission.connectionsChanged(connection);
    redialer.refresh();
    const { open, close = open } = connection.timeline;
    // Noise settles the muxer within its handshake, so a dial succeeds before the remote has judged us: to be
    // refused looks like a connection that ends at once.
    if (connection.direction === 'outbound' && !admission.closed && close - open < REFUSAL_MS) {
      host.log('debug', `${connection.remotePeer} hung up at once: it may not know this device as a member`);
    }
  }

  #onIdentify({ connection, listenAddrs, signedPeerRecord }: IdentifyResult): void {
    const device = deviceOf(connection.remotePeer);
    // Guests come and go, any number of them: where they are is not remembered.
    if (device === undefined || !this.#parts.admission.isKnown(device)) return;
    const announced = (signedPeerRecord?.addresses ?? listenAddrs)
      .slice(0, ANNOUNCED_MAX)
      .map((address) => withDevice(address.toString(), device));
    const usable = usableAddresses(announced, pathOf(connection).address);
    if (usable.length === 0) return;
    // What it says comes after what is known to work.
    const reached = this.#connections(device)
      .filter(({ direct, direction }) => direct && direction === 'outbound')
      .map((other) => withDevice(pathOf(other).address, device));
    this.#parts.host.onAddresses(device, [...new Set([...reached, ...usable])]);
    if (!connection.direct) this.#parts.redialer.refresh();
  }

  async #refuse(connection: Connection, reason: string): Promise<void> {
    const device = deviceOf(connection.remotePeer);
    if (device !== undefined) this.#parts.node.services.sync.close(device, reason);
    await hangUp(connection, reason);
  }
}
