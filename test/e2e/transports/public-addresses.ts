/**
 * Run as a process of its own, in a network namespace whose loopback interface has public addresses: two
 * members listen on one each, and one dials the other. Ends with exit code 0 once the other one was told that
 * it can be reached from outside, with the connection over which it asked still in use.
 */
import { createMesh, type Mesh, type MeshHost } from '../../../transports/index.ts';
import { deviceOf, numberedDevice } from '../../support/numbered-device.ts';

const devices = [1, 2].map(deviceOf);

const { promise: frame, resolve: onFrame } = Promise.withResolvers<void>();
const { promise: reachable, resolve: onReachable } = Promise.withResolvers<string>();
const history: string[] = [];

const start = async (n: number, listen: string, dial: readonly string[]): Promise<Mesh> => {
  const host: MeshHost = {
    isMember: (device) => devices.includes(device),
    members: () => devices,
    isInviteOpen: () => false,
    onPeerConnected: () => void history.push(`${n} up`),
    onPeerDisconnected: (_, reason) => void history.push(`${n} down: ${reason}`),
    onFrame: () => onFrame(),
    onJoinRequest() {},
    onAddresses() {},
    log(_, line) {
      if (line.startsWith('this device can be reached at')) onReachable(`${n}: ${line}`);
    },
  };
  const mesh = await createMesh(
    { ...numberedDevice(n), listen: [listen], dial, mdns: null, addressBook: { addressesOf: () => [] } },
    host,
  );
  await mesh.start();
  return mesh;
};

const a = await start(1, '/ip4/11.0.0.1/tcp/4001', []);
const b = await start(2, '/ip4/12.0.0.1/tcp/4001', a.addresses());
const told = await reachable;
// The connection over which a was asked is the one that carries the stream.
for (const [mesh, peer] of [
  [a, devices[1]],
  [b, devices[0]],
] as const) {
  if (peer !== undefined) mesh.send(peer, new Uint8Array(1));
}
await frame;
process.stdout.write(
  `${JSON.stringify({ told, history, addresses: [...a.addresses(), ...b.addresses()] })}\n`,
);
await Promise.all([a.stop(), b.stop()]);
