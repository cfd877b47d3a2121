import { expect, test } from 'vitest';
import { difference, type MeshDevice } from '../../support/mesh-device.ts';
import {
  connected,
  connectedOnlyWith,
  describeHosts,
  equal,
  quarrel,
  startMesh,
  TEST_OPTIONS,
  write,
} from './host-mesh.ts';

describeHosts('five hosts on two sites', () => {
  test('split into two and three, both sides write, and they heal', TEST_OPTIONS, async () => {
    const { hosts, devices } = await startMesh('a', 'a', 'b', 'b', 'b');
    const [few, many] = [devices.slice(0, 2), devices.slice(2)];
    hosts.trunk(false);
    for (const device of devices) {
      await write(device, 'while split', { events: 20 });
      await quarrel(device);
    }
    await Promise.all([equal(few), equal(many)]);
    // So far a short cut that TCP would have survived; now everybody has noticed it.
    for (const side of [few, many]) {
      for (const device of side) {
        await connectedOnlyWith(
          device,
          side.filter((other) => other !== device),
        );
        await write(device, 'alone', { events: 20 });
      }
    }
    await Promise.all([equal(few), equal(many)]);
    expect(await difference(devices)).toBeDefined();

    hosts.trunk(true);
    await equal(devices);
    await connected(devices);
    await settleQuarrel(devices);
  });

  test('cut apart, they are held together by the one that is on both', TEST_OPTIONS, async () => {
    const { hosts, devices } = await startMesh('a', 'a', 'b', 'b', 'ab');
    const [a1, a2, b1, b2, both] = devices as [MeshDevice, MeshDevice, MeshDevice, MeshDevice, MeshDevice];
    hosts.trunk(false);
    await connectedOnlyWith(a1, [a2, both]);
    await connectedOnlyWith(b1, [b2, both]);
    for (const device of devices) await write(device, 'across', { events: 20 });
    // The trunk stays down: what comes from the other side has come through the fifth.
    await equal(devices);
    await connectedOnlyWith(a2, [a1, both]);
    await connectedOnlyWith(both, [a1, a2, b1, b2]);
    hosts.trunk(true);
    await connected(devices);
    await equal(devices);
  });
});

/** All see the same open conflict; one of them resolves it, and it is closed for all. */
const settleQuarrel = async (devices: readonly MeshDevice[]): Promise<void> => {
  const lists = await Promise.all(devices.map(({ api }) => api.conflicts({ all: false })));
  for (const list of lists) expect(list).toEqual(lists[0]);
  const [conflict] = lists[0]?.conflicts ?? [];
  expect(conflict?.candidates.length).toBeGreaterThan(1);
  const { entityId = '', field = '', winner } = conflict ?? {};
  await devices[0]?.api.resolve({ entity: entityId, field, event: winner?.eventId ?? '' });
  await equal(devices);
  for (const { api } of devices) expect((await api.status()).openConflicts).toBe(0);
};
