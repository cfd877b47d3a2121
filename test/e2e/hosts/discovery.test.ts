import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HOME_LAYOUT } from '../../../node/home/index.ts';
import {
  connected,
  connectedOnlyWith,
  describeHosts,
  equal,
  type HostMesh,
  pairedMesh,
  startMesh,
  TEST_OPTIONS,
  write,
} from './host-mesh.ts';

/** What devices know of each other's addresses is forgotten: only the network can tell. */
const forgetAddresses = async ({ devices }: HostMesh): Promise<void> => {
  await Promise.all(devices.map((device) => device.end('SIGTERM')));
  for (const { home } of devices) rmSync(join(home, HOME_LAYOUT.addressBook), { force: true });
};

describeHosts('devices on five hosts', () => {
  test('find each other by mDNS alone', TEST_OPTIONS, async () => {
    const mesh = await pairedMesh('a', 'a', 'a', 'a', 'a');
    const { devices, stations } = mesh;
    await forgetAddresses(mesh);
    await Promise.all(devices.map((device) => device.up()));
    await connected(devices);
    const addresses = stations.map(({ host }) => host.address);
    for (const { api } of devices) {
      const { peers } = await api.status();
      const paths = peers.map(({ path }) => path?.split('/')[2]);
      expect(addresses).toEqual(expect.arrayContaining(paths));
      expect(new Set(paths).size).toBe(4);
    }
    for (const device of devices) await write(device, 'hello');
    await equal(devices);
    expect((await devices[4]?.api.status())?.entities).toBe(5);
  });
});

describeHosts('devices on two networks', () => {
  test('are found by one that is on both, and share what they write through it', TEST_OPTIONS, async () => {
    // All have to know of all: where two know different members, one of them hangs up.
    const mesh = await startMesh('a', 'b', 'ab');
    await forgetAddresses(mesh);
    const [a, b, both] = mesh.devices;
    if (a === undefined || b === undefined || both === undefined) throw new RangeError('three are needed');
    mesh.hosts.trunk(false);
    await Promise.all(mesh.devices.map((device) => device.up()));
    await connectedOnlyWith(both, [a, b]);
    for (const device of mesh.devices) await write(device, 'hello');
    await equal(mesh.devices);
    for (const device of [a, b]) await connectedOnlyWith(device, [both]);
  });
});

describeHosts('devices that are carried to another network', () => {
  test('lose each other and find each other there', TEST_OPTIONS, async () => {
    const { stations, devices } = await startMesh('a', 'a');
    for (const [index, { host }] of stations.entries()) host.move(`10.77.8.${index + 1}`);
    for (const device of devices) await write(device, 'moved');
    await equal(devices);
    await connected(devices);
    for (const [index, { api }] of devices.entries()) {
      const { peers } = await api.status();
      expect(peers[0]?.path).toContain(`/10.77.8.${2 - index}/`);
    }
  });
});
