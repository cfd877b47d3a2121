import { join } from 'node:path';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { gossipsub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Libp2p } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { createOrbitDB, type OrbitDB } from '@orbitdb/core';
import { LevelBlockstore } from 'blockstore-level';
import { createHelia } from 'helia';
import { createLibp2p } from 'libp2p';

/** What is opened, and where others reach it. */
export interface OrbitNode {
  readonly orbit: OrbitDB;
  readonly libp2p: Libp2p;
}

/** OrbitDB on the same transports as ours, with its blocks in LevelDB. */
export const startOrbit = async (folder: string): Promise<OrbitNode> => {
  const libp2p = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) },
  });
  const ipfs = await createHelia({ libp2p, blockstore: new LevelBlockstore(join(folder, 'blocks')) });
  return { libp2p, orbit: await createOrbitDB({ ipfs, directory: join(folder, 'orbit') }) };
};
