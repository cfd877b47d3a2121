import { expect, test } from 'vitest';
import type { MeshDevice } from '../../support/mesh-device.ts';
import { until } from '../../support/until.ts';
import {
  connected,
  connectedOnlyWith,
  describeHosts,
  equal,
  PATIENCE,
  pairedMesh,
  startMesh,
  TEST_OPTIONS,
  write,
} from './host-mesh.ts';

/** Commits of each device in an hour, one every 36 s, and events of each. */
const HOUR = { commits: 100, events: 20 } as const;

describeHosts('hosts that miss a part', () => {
  test('either end of a sync is killed in the middle of it', TEST_OPTIONS, async () => {
    const { devices } = await pairedMesh('a', 'a');
    const [sender, receiver] = devices as [MeshDevice, MeshDevice];
    // Enough bytes that what is under way when it ends, 1 MiB at most, is but a small part.
    for (let commit = 0; commit < 20; commit += 1) {
      await write(sender, `commit ${commit}`, { events: 50, bytes: 20_000 });
    }
    const { events: total } = await sender.api.status();

    for (const victim of [receiver, sender, receiver]) {
      if (!receiver.isUp) await receiver.up();
      const held = (await receiver.api.status()).events;
      await until(
        'the sync is under way',
        async () => ((await receiver.api.status()).events > held ? undefined : 'nothing came'),
        { ...PATIENCE, everyMs: 5 },
      );
      await victim.end('SIGKILL');
      // Nobody is left to send more: this is how far it had come.
      await receiver.end('SIGKILL');
      expect(await receiver.run('verify')).toMatchObject({ ok: true, findings: [] });
      const status = await receiver.run('status');
      expect(status.events).toBeGreaterThan(held);
      expect(status.events).toBeLessThan(total);
      if (!sender.isUp) await sender.up();
    }
    await receiver.up();
    await equal(devices);
    expect((await receiver.api.status()).events).toBe(total);
    for (const device of devices) {
      await device.end('SIGTERM');
      expect(await device.run('verify')).toMatchObject({ ok: true, findings: [] });
    }
  });

  test('a device that was away gets an hour of history', TEST_OPTIONS, async () => {
    const { stations, devices } = await startMesh('a', 'a', 'a', 'a', 'a');
    const [away, ...others] = devices as [MeshDevice, ...MeshDevice[]];
    stations[0]?.host.link(false);
    await connectedOnlyWith(away, []);
    await Promise.all(
      others.map(async (device) => {
        for (let commit = 0; commit < HOUR.commits; commit += 1) {
          await write(device, `minute ${(commit * 60) / HOUR.commits}`, { events: HOUR.events });
        }
      }),
    );
    await write(away, 'on the road', { events: 50 });
    await equal(others);

    stations[0]?.host.link(true);
    await equal(devices);
    await connected(devices);
    const { entities } = await away.api.status();
    expect(entities).toBe(others.length * HOUR.commits * HOUR.events + 50);
  });
});
