import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HOME_LAYOUT } from '../../../node/home/index.ts';
import { connected, describeHosts, equal, pairedMesh, TEST_OPTIONS, write } from './host-mesh.ts';

describeHosts('devices on five hosts', () => {
  test('find each other by mDNS alone', TEST_OPTIONS, async () => {
    const { devices, stations } = await pairedMesh('a', 'a', 'a', 'a', 'a');
    await devices[0]?.end('SIGTERM');
    // What they know of each other's addresses from pairing is forgotten: only the network can tell.
    for (const { home } of devices) rmSync(join(home, HOME_LAYOUT.addressBook), { force: true });
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
