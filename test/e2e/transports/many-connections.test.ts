import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CONNECTIONS_PER_DEVICE_MAX } from '../../../transports/libp2p-mesh.ts';
import { bothUp, type Rig, startRig } from './rig.ts';

/** A member that opens as many connections as it likes, and nothing else. */
const greedy = async (n: number) => {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(n)),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
  });
  onTestFinished(() => Promise.resolve(node.stop()));
  return {
    dial: (rig: Rig) => node.dial(rig.mesh.addresses().map(multiaddr), { force: true }),
    open: () => node.getConnections().filter(({ status }) => status === 'open'),
  };
};

describe('connections of one device', () => {
  test('are kept up to the bound; of more, the oldest is given up, and others are none the worse', async () => {
    const a = await startRig(1, [2, 3]);
    const other = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, other);
    const { dial, open } = await greedy(3);
    const first = await dial(a);
    for (let i = 1; i < CONNECTIONS_PER_DEVICE_MAX; i += 1) await dial(a);
    // All were told of each other by now.
    await Promise.all(open().map((connection) => connection.newStream('/ipfs/id/1.0.0')));
    expect(open()).toHaveLength(CONNECTIONS_PER_DEVICE_MAX);
    const gone = new Promise((resolve) => first.addEventListener('close', resolve));
    await dial(a);
    await gone;
    expect(open()).toHaveLength(CONNECTIONS_PER_DEVICE_MAX);
    other.mesh.send(a.device, Uint8Array.of(1));
    await a.until(() => a.frames.length === 1);
  });
});
