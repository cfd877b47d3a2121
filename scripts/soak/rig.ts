import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createHosts, type Host, type Hosts } from '../../node/hosts/index.ts';
import { COLLECTING } from '../../test/support/collected.ts';
import { hostsUnavailableHere } from '../../test/support/iproute2.ts';
import { MeshDevice, pair } from '../../test/support/mesh-device.ts';
import type { SoakOptions } from './options.ts';

/** One device of the soak, and what can be done to it. */
export interface Station {
  readonly device: MeshDevice;
  /** Only where each device has a host of its own. */
  readonly host: Host | undefined;
  /** Never killed, so that its memory can be judged over the whole soak. */
  readonly spared: boolean;
}

/** All devices of a soak, up. */
export interface Rig {
  readonly stations: readonly Station[];
  readonly hosts: Hosts | undefined;
  /** Folder of all homes. */
  readonly folder: string;
  /** A device that is nothing yet, of which nothing is expected. */
  guest(name: string): MeshDevice;
  /** Starts a device that is not up. */
  start(device: MeshDevice): Promise<void>;
  /** Ends everything; the homes stay if that is asked for. */
  close(keep: boolean): Promise<void>;
}

/**
 * Makes the devices of a soak and pairs them. The first half of them is spared from being killed.
 * @throws Error when hosts are asked for and cannot be made
 */
export const createRig = async (options: SoakOptions): Promise<Rig> => {
  const reason = options.hosts ? hostsUnavailableHere() : undefined;
  if (reason !== undefined) throw new Error(`--hosts is not possible here: ${reason}`);
  const folder =
    options.keep === undefined ? mkdtempSync(join(tmpdir(), 'smo-soak-')) : resolve(options.keep);
  mkdirSync(folder, { recursive: true });
  const half = Math.ceil(options.devices / 2);
  const numbers = Array.from({ length: options.devices }, (_, index) => index);
  const hosts = options.hosts ? createHosts(...numbers.map((n) => (n < half ? 'a' : 'b'))) : undefined;
  const stations = numbers.map((n): Station => {
    const host = hosts?.all[n];
    const name = `device-${n + 1}`;
    const device = new MeshDevice({
      name,
      folder,
      node: COLLECTING,
      ...(host ? { command: host.command } : LOOPBACK),
    });
    return { device, host, spared: n < half };
  });
  const devices = stations.map(({ device }) => device);
  const start = async (device: MeshDevice): Promise<void> => {
    // On a host of its own, a device finds the others by mDNS.
    const others =
      host(device) === undefined ? devices.filter((other) => other !== device && other.isUp) : [];
    await device.up(
      ...others.flatMap(({ addresses }) => addresses.flatMap((address) => ['--dial', address])),
    );
  };
  const host = (device: MeshDevice): Host | undefined =>
    stations.find((station) => station.device === device)?.host;
  const guests: MeshDevice[] = [];
  const guest = (name: string): MeshDevice => {
    const command = hosts?.all[0]?.command;
    const device = new MeshDevice({ name, folder, ...(command ? { command } : LOOPBACK) });
    guests.push(device);
    return device;
  };
  const close = async (keep: boolean): Promise<void> => {
    await Promise.all([...devices, ...guests].map((device) => device.end('SIGTERM')));
    hosts?.remove();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await pair(devices);
    for (const device of devices) if (!device.isUp) await start(device);
  } catch (error) {
    await close(options.keep !== undefined);
    throw error;
  }
  return { stations, hosts, folder, guest, start, close };
};

const LOOPBACK = { up: ['--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns'] } as const;
