import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import type { Libp2p } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { createLibp2p } from 'libp2p';

export const FLOOR_PROTOCOL = '/smo-bench/floor/1.0.0';

/** Most bytes that may wait on a stream; as in our own node. */
const UNSENT_BYTES_MAX = 4 * 1_024 * 1_024;

/** libp2p with what our transports use to carry bytes, and nothing else. */
export const floorNode = (listen: readonly string[]): Promise<Libp2p> =>
  createLibp2p({
    addresses: { listen: [...listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxWriteBufferLength: UNSENT_BYTES_MAX } })],
  });
