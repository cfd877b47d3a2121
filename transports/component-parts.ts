import type {
  Connection,
  PeerId,
  Stream,
  StreamHandler,
  StreamHandlerOptions,
  Topology,
} from '@libp2p/interface';

/** The part of libp2p's registrar that tells a protocol of streams and of peers. */
interface Registrar {
  handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>;
  register(protocol: string, topology: Topology): Promise<string>;
}

/**
 * Gives one of libp2p's modules other parts than the rest of the node has: where a module has no option for
 * what is needed, what it sees is changed, and never the module.
 */
export const withParts = <T extends object>(whole: T, parts: Partial<Record<keyof T, unknown>>): T =>
  new Proxy(whole, {
    get(target, key) {
      if (Object.hasOwn(parts, key)) return parts[key as keyof T];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/**
 * A registrar through which a module meets members only: guests, who are here to join or to be passed on, are
 * neither served nor asked.
 */
export const membersOnly = <R extends Registrar>(registrar: R, isMember: (peer: PeerId) => boolean): R =>
  withParts<Registrar>(registrar, {
    handle: (protocol: string, handler: StreamHandler, options?: StreamHandlerOptions) =>
      registrar.handle(
        protocol,
        (stream: Stream, connection: Connection) => {
          if (isMember(connection.remotePeer)) return handler(stream, connection);
          stream.abort(new Error('only members of the space are served'));
        },
        options,
      ),
    register: (protocol: string, topology: Topology) =>
      registrar.register(protocol, {
        ...topology,
        onConnect: (peer, connection) =>
          isMember(peer) ? topology.onConnect?.(peer, connection) : undefined,
      }),
  }) as R;

async function* nobody(): AsyncGenerator<never> {}

/** A search in the network for whoever there is, which finds nobody: all that is looked for are members. */
export const NO_WALK = { walk: nobody };
