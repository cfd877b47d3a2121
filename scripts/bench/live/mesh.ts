import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { DeviceProcess } from '../../../node/demo/device-process.ts';
import { until } from '../../../test/support/until.ts';

const MAIN = resolve(import.meta.dirname, '../../../node/cli/main.ts');

/** How long it may take until every device is connected with every other one. */
const CONNECTED_WITHIN_MS = 120_000;

/** Makes the homes of so many devices of one space, none of which runs. */
export const pairHomes = async (folder: string, count: number): Promise<void> => {
  const [first, ...others] = devicesIn(folder, count);
  if (first === undefined) throw new RangeError('at least one device is needed');
  await first.run('init', '--name', first.name, '--space', 'bench');
  await first.up([]);
  for (const device of others) {
    const { ticket } = await first.api.invite({ role: 'writer', expiresInMs: 60_000 });
    await device.run('join', ticket, '--name', device.name);
  }
  await first.stop();
};

/**
 * Runs devices on a copy of such homes, each of them a process, for as long as they are used. Each is connected with
 * every other one over TCP on the loopback interface.
 */
export const withMesh = async <Result>(
  paired: string,
  folder: string,
  count: number,
  use: (devices: readonly DeviceProcess[]) => Promise<Result>,
): Promise<Result> => {
  await cp(paired, folder, { recursive: true });
  const devices = devicesIn(folder, count);
  try {
    for (const [at, device] of devices.entries()) {
      await device.up(devices.slice(0, at).flatMap(({ addresses }) => addresses));
    }
    await connected(devices);
    return await use(devices);
  } finally {
    await Promise.all(devices.map((device) => device.stop()));
  }
};

const devicesIn = (folder: string, count: number): readonly DeviceProcess[] =>
  Array.from(
    { length: count },
    (_, n) =>
      new DeviceProcess(`device-${n + 1}`, {
        command: [process.execPath, MAIN],
        env: { ...process.env, SMO_STATE_HOME: join(folder, 'state') },
        folder: join(folder, 'homes'),
      }),
  );

const connected = (devices: readonly DeviceProcess[]): Promise<void> =>
  until(
    'all devices are connected with each other',
    async () => {
      for (const { name, api } of devices) {
        const { peers } = await api.status();
        const missing = peers.filter((peer) => !peer.connected);
        if (missing.length > 0) return `${name} is not connected with ${missing.length} others`;
      }
      return undefined;
    },
    { timeoutMs: CONNECTED_WITHIN_MS },
  );
