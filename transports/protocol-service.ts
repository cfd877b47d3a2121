import type { Connection, PeerId, StreamHandler, StreamHandlerOptions, Topology } from '@libp2p/interface';

/** The part of libp2p's components that our protocol services use. */
export interface ProtocolComponents {
  readonly peerId: PeerId;
  readonly registrar: {
    handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>;
    unhandle(protocol: string): Promise<void>;
    register(protocol: string, topology: Topology): Promise<string>;
    unregister(id: string): void;
  };
  readonly connectionManager: {
    getConnections(peer?: PeerId): Connection[];
  };
}

/** What our protocols need from the node: identify tells a topology which protocols a peer speaks. */
export const PROTOCOL_DEPENDENCIES: readonly string[] = ['@libp2p/identify'];
