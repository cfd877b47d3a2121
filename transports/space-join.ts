import {
  type Connection,
  type Startable,
  type Stream,
  serviceCapabilities,
  serviceDependencies,
} from '@libp2p/interface';
import type { DeviceId } from '../protocol/crypto/index.ts';
import { createFramePipe } from './frame-pipe.ts';
import type { FramePipe } from './mesh.ts';
import { deviceOf } from './peer-connection.ts';
import { PROTOCOL_DEPENDENCIES, type ProtocolComponents } from './protocol-service.ts';

/** docs/protocol/join.md. */
const JOIN_PROTOCOL = '/smo/join/1.0.0';

/** Join dialogues on one connection at a time: one that runs, and one before it that is still closing. */
const STREAMS_MAX = 2;

/** What the join protocol asks of its owner, and tells it. */
export interface SpaceJoinInit {
  isInviteOpen(): boolean;
  onJoinRequest(peer: DeviceId, pipe: FramePipe): void;
}

/** The join protocol as a libp2p service: a pipe of frames for each dialogue, and only while an invite is open. */
export class SpaceJoin implements Startable {
  readonly [Symbol.toStringTag] = '@smo/space-join';
  readonly [serviceCapabilities] = ['@smo/space-join'];
  readonly [serviceDependencies] = PROTOCOL_DEPENDENCIES;

  readonly #components: ProtocolComponents;
  readonly #init: SpaceJoinInit;

  constructor(components: ProtocolComponents, init: SpaceJoinInit) {
    this.#components = components;
    this.#init = init;
  }

  async start(): Promise<void> {
    await this.#components.registrar.handle(JOIN_PROTOCOL, this.#onStream, {
      maxInboundStreams: STREAMS_MAX,
      maxOutboundStreams: STREAMS_MAX,
      runOnLimitedConnection: true,
    });
  }

  async stop(): Promise<void> {
    await this.#components.registrar.unhandle(JOIN_PROTOCOL);
  }

  /**
   * Opens a dialogue on a connection with an inviter.
   * @param onClosed called once, when the dialogue is over
   */
  async open(
    connection: Connection,
    device: DeviceId,
    onClosed: () => void,
    options: { readonly signal: AbortSignal },
  ): Promise<FramePipe> {
    const stream = await connection.newStream(JOIN_PROTOCOL, {
      signal: options.signal,
      maxOutboundStreams: STREAMS_MAX,
      runOnLimitedConnection: true,
    });
    // A stream that closed before now will never say so again.
    if (stream.status !== 'open') throw new Error('the other side refused the dialogue');
    return createFramePipe(stream, device, onClosed);
  }

  readonly #onStream = (stream: Stream, connection: Connection): void => {
    const device = deviceOf(connection.remotePeer);
    if (device === undefined || !this.#init.isInviteOpen()) {
      stream.abort(new Error('no invite is open'));
      return;
    }
    if (stream.status !== 'open') return;
    const pipe = createFramePipe(stream, device, () => {});
    this.#init.onJoinRequest(device, pipe);
  };
}

/** Makes the join protocol a service of a libp2p node. */
export const spaceJoin =
  (init: SpaceJoinInit) =>
  (components: ProtocolComponents): SpaceJoin =>
    new SpaceJoin(components, init);
