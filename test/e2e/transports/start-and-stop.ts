/**
 * Run as a process of its own: two connected devices and one that can't listen are started and stopped. It
 * must then end by itself, which it does only if no socket, server or lasting timer is left.
 */
import { createMesh, type Mesh, type MeshHost } from '../../../transports/index.ts';
import { deviceOf, numberedDevice } from '../../support/numbered-device.ts';

const devices = [1, 2, 3].map(deviceOf);

const start = async (n: number, listen: string, dial: readonly string[], onUp: () => void): Promise<Mesh> => {
  const host: MeshHost = {
    isMember: () => true,
    members: () => devices,
    isInviteOpen: () => true,
    onPeerConnected: onUp,
    onPeerDisconnected() {},
    onFrame() {},
    onJoinRequest() {},
    onAddresses() {},
    log() {},
  };
  const mdns = { serviceTag: `_smo-handles-${process.pid}._udp.local` };
  const addressBook = { addressesOf: () => [] };
  const gossip = { topic: '/smo/1/handles', onMessage: async () => 'accept' as const };
  const mesh = await createMesh(
    { ...numberedDevice(n), listen: [listen], dial, mdns, addressBook, gossip },
    host,
  );
  await mesh.start();
  return mesh;
};

const { promise: up, resolve: onUp } = Promise.withResolvers<void>();
const a = await start(1, '/ip4/127.0.0.1/tcp/0', [], onUp);
const b = await start(2, '/ip4/127.0.0.1/tcp/0', a.addresses(), () => {});
await up;
const [taken = ''] = a.addresses();
const failure = await start(3, taken.replace(/\/p2p\/.*/, ''), [], () => {}).catch((error: unknown) => error);
await Promise.all([a.stop(), b.stop()]);
if (!(failure instanceof Error)) process.exitCode = 1;
