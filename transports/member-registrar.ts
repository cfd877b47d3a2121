import type { GossipSubComponents } from '@libp2p/gossipsub';
import type {
  Connection,
  PeerId,
  Stream,
  StreamHandler,
  StreamHandlerOptions,
  Topology,
} from '@libp2p/interface';
import { withParts } from './component-parts.ts';

type Registrar = GossipSubComponents['registrar'];

/**
 * A registrar through which gossipsub sees members alone, like `membersOnly`, and follows who becomes one and who is
 * none any more while a connection lives: a stranger that is connected for a join (docs/protocol/join.md) can neither
 * open a stream, nor is one opened to it.
 */
export class MemberRegistrar {
  /** What the protocol is given in place of the node's own. */
  readonly registrar: Registrar;
  readonly #isMember: (peer: PeerId) => boolean;
  readonly #metered: (stream: Stream, peer: PeerId) => Stream;
  readonly #topologies = new Map<string, Topology>();

  /** @param metered what a protocol reads in place of a stream that a member has opened */
  constructor(
    inner: Registrar,
    isMember: (peer: PeerId) => boolean,
    metered: (stream: Stream, peer: PeerId) => Stream,
  ) {
    this.#isMember = isMember;
    this.#metered = metered;
    this.registrar = withParts(inner, {
      handle: (protocol: string, handler: StreamHandler, options?: StreamHandlerOptions) =>
        inner.handle(protocol, this.#guard(handler), options),
      register: async (protocol: string, topology: Topology) => {
        const id = await inner.register(protocol, this.#filter(topology));
        this.#topologies.set(id, topology);
        return id;
      },
      unregister: (id: string) => {
        this.#topologies.delete(id);
        inner.unregister(id);
      },
    });
  }

  /** Tells the protocol of those who are members now, and takes from it those who are not any more. */
  changed(connections: readonly Connection[]): void {
    for (const connection of connections) {
      for (const topology of this.#topologies.values()) {
        if (this.#isMember(connection.remotePeer))
          topology.onConnect?.(connection.remotePeer, checked(connection));
        else topology.onDisconnect?.(connection.remotePeer);
      }
    }
  }

  #guard(handler: StreamHandler): StreamHandler {
    return (stream, connection) => {
      const peer = connection.remotePeer;
      if (this.#isMember(peer)) return handler(this.#metered(stream, peer), checked(connection));
      stream.abort(new Error('only members of the space may gossip'));
    };
  }

  #filter({ onConnect, ...topology }: Topology): Topology {
    return {
      ...topology,
      onConnect: (peer, connection) => {
        if (this.#isMember(peer)) return onConnect?.(peer, checked(connection));
      },
    };
  }
}

/**
 * A connection on which no stream is handed out that is closed already. Gossipsub waits for a stream to close, and
 * one that has closed before will never say so: it would keep it for ever (fact 16).
 */
const checked = (connection: Connection): Connection => {
  const newStream: Connection['newStream'] = async (...options) => {
    const stream = await connection.newStream(...options);
    if (stream.status !== 'open') throw new Error('the other side closed the stream at once');
    return stream;
  };
  return withParts(connection, { newStream });
};
