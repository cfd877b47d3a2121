import type { PeerId } from '@libp2p/interface';
import { type KadDHTComponents, kadDHT, passthroughMapper } from '@libp2p/kad-dht';
import { membersOnly, withParts } from './component-parts.ts';

/**
 * A distributed hash table of the space's devices, in which each finds the addresses of the others from any one
 * that it is connected with (fact 14).
 *
 * @param protocol a name of the space's own: under libp2p's own name the device would join the public table
 */
export const memberTable =
  (protocol: string, isMember: (peer: PeerId) => boolean) =>
  (components: KadDHTComponents): unknown =>
    kadDHT({
      protocol,
      // Every device answers; by default only those with a public address would.
      clientMode: false,
      // By default addresses of private networks are taken out, which most devices have.
      peerInfoMapper: passthroughMapper,
      logPrefix: 'smo:kad-dht',
      datastorePrefix: '/smo-dht',
      metricsPrefix: 'smo_kad_dht',
    })(
      withParts(components, {
        registrar: membersOnly(components.registrar, isMember),
        // The table also keeps records and providers for whoever asks. Nobody here does, and nobody shall fill
        // the memory with them.
        datastore: withParts(components.datastore, { put: async (key: unknown) => key }),
      }),
    );
