import { expect, test } from 'vitest';
import { difference } from '../../support/mesh-device.ts';
import { until } from '../../support/until.ts';
import {
  connected,
  connectedOnlyWith,
  describeHosts,
  equal,
  PATIENCE,
  quarrel,
  startMesh,
  TEST_OPTIONS,
  write,
} from './host-mesh.ts';

/** Links that go down and come back; each host has its turn several times. */
const FLAPS = 15;

describeHosts('five hosts with bad links', () => {
  test('make progress while links flap faster than they can exchange all', TEST_OPTIONS, async () => {
    const { stations, devices } = await startMesh('a', 'a', 'a', 'a', 'a');
    let cutShort = 0;
    for (let flap = 0; flap < FLAPS; flap += 1) {
      const station = stations[flap % stations.length];
      if (station === undefined) break;
      const { host, device } = station;
      // In turn the cable of a host, which TCP survives, and the off-line switch, which ends the sessions.
      const cable = flap % 2 === 0;
      const { events } = await device.api.status();
      if (cable) host.link(false);
      else await device.api.network({ enabled: false });
      for (const other of devices) await write(other, `flap ${flap}`, { events: 100 });
      await quarrel(device);
      if (cable) host.link(true);
      else await device.api.network({ enabled: true });
      // Something of what the others wrote has come, and on it goes.
      await until(
        `${device.name} gets on`,
        async () => ((await device.api.status()).events > events + 101 ? undefined : 'nothing came'),
        { ...PATIENCE, everyMs: 10 },
      );
      if ((await difference(devices)) !== undefined) cutShort += 1;
    }
    expect(cutShort).toBeGreaterThan(0);
    await equal(devices);
    await connected(devices);
    expect((await devices[0]?.api.status())?.entities).toBe(FLAPS * devices.length * 100 + 1);
  });

  test('go on without those that cannot hear or cannot be heard', TEST_OPTIONS, async () => {
    const { stations, devices } = await startMesh('a', 'a', 'a', 'a', 'a');
    const [deaf, mute, ...rest] = devices;
    stations[0]?.host.lose('in');
    stations[1]?.host.lose('out');
    for (const device of devices) {
      await write(device, 'half open', { events: 20 });
      await quarrel(device);
    }
    for (const device of rest) {
      await connectedOnlyWith(
        device,
        rest.filter((other) => other !== device),
      );
    }
    await equal(rest);
    for (const device of [deaf, mute]) if (device !== undefined) await connectedOnlyWith(device, []);
    expect(await difference(devices)).toBeDefined();

    for (const { host } of stations) host.lose(undefined);
    await equal(devices);
    await connected(devices);
  });
});
