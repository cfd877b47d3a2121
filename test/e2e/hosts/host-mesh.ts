import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { describe, onTestFailed, onTestFinished } from 'vitest';
import { createHosts, type Host, type Hosts, type Legs } from '../../../node/hosts/index.ts';
import { update } from '../../support/drafts.ts';
import { hostsUnavailableHere } from '../../support/iproute2.ts';
import { difference, MeshDevice, pair, unconnected } from '../../support/mesh-device.ts';
import { until } from '../../support/until.ts';

/** How long a wait may take: a dead link is noticed after 20 s at the latest, and dialled again after 60 s. */
export const PATIENCE = { timeoutMs: 100_000 } as const;

/** For tests with waits of that length. */
export const TEST_OPTIONS = { timeout: 240_000 } as const;

/** A device and the host that it runs on. */
export interface Station {
  readonly host: Host;
  readonly device: MeshDevice;
}

/** Devices of one space, each on a host of its own. */
export interface HostMesh {
  readonly hosts: Hosts;
  readonly stations: readonly Station[];
  readonly devices: readonly MeshDevice[];
}

/** Tests that need hosts; where there can be none, they are skipped, and why is told in one line. */
export const describeHosts = (title: string, tests: () => void): void => {
  const reason = hostsUnavailableHere();
  if (reason !== undefined) stderr.write(`skipped "${title}": ${reason}\n`);
  describe.skipIf(reason !== undefined)(title, tests);
};

/** Hosts with a device each, all of one space; only the first is up. Everything is gone when the test ends. */
export const pairedMesh = async (...layout: readonly Legs[]): Promise<HostMesh> => {
  const hosts = createHosts(...layout);
  onTestFinished(() => hosts.remove());
  const folder = mkdtempSync(join(tmpdir(), 'smo-hosts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stations = hosts.all.map((host) => {
    const { name, command } = host;
    return { host, device: new MeshDevice({ name, command, folder }) };
  });
  const devices = stations.map(({ device }) => device);
  onTestFinished(async () => {
    await Promise.all(devices.map((device) => device.end('SIGTERM')));
  });
  onTestFailed(() => {
    for (const { name, log } of devices) stderr.write(`${[name, ...log.slice(-15)].join('\n  ')}\n`);
  });
  await pair(devices);
  return { hosts, stations, devices };
};

/** A mesh as above, with all devices up and connected with each other. */
export const startMesh = async (...layout: readonly Legs[]): Promise<HostMesh> => {
  const mesh = await pairedMesh(...layout);
  await Promise.all(mesh.devices.filter(({ isUp }) => !isUp).map((device) => device.up()));
  await connected(mesh.devices);
  return mesh;
};

/** Waits until devices are connected, each with each. */
export const connected = (devices: readonly MeshDevice[]): Promise<void> =>
  until('all are connected', () => unconnected(devices), PATIENCE);

/** Waits until devices hold the same. */
export const equal = (devices: readonly MeshDevice[]): Promise<void> =>
  until('all hold the same', () => difference(devices), PATIENCE);

/** Waits until a device is connected with these and no others. */
export const connectedOnlyWith = (device: MeshDevice, others: readonly MeshDevice[]): Promise<void> =>
  until(
    `${device.name} is connected with ${others.length} others`,
    async () => {
      const { peers } = await device.api.status();
      const names = peers.flatMap((peer) => (peer.connected ? [peer.name] : [])).toSorted();
      const expected = others.map(({ name }) => name).toSorted();
      return names.join() === expected.join() ? undefined : `it is with ${names.join(', ') || 'nobody'}`;
    },
    PATIENCE,
  );

/** Lets a device append so many events, which nobody else writes alike, as one commit. */
export const write = async (
  device: MeshDevice,
  label: string,
  { events = 1, bytes = 0 }: { readonly events?: number; readonly bytes?: number } = {},
): Promise<void> => {
  const text = 'x'.repeat(bytes);
  const drafts = Array.from({ length: events }, (_, index) =>
    update(`${device.name}-${label}-${index}`, { label, text }),
  );
  await device.api.append({ drafts });
};

/** Lets a device set the one field that all tests quarrel about. */
export const quarrel = async (device: MeshDevice): Promise<void> => {
  await device.api.append({ drafts: [update('shared', { title: `as ${device.name} says` })] });
};
