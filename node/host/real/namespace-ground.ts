import { SmoError } from '../../../protocol/fault/index.ts';
import { createHosts, type Hosts, hostsUnavailable } from '../../hosts/index.ts';
import { pairOf } from './held-logs.ts';
import { ProcessDevice } from './process-device.ts';
import type { RealDevice, RealDeviceInit } from './real-device.ts';
import type { RealGround } from './real-ground.ts';

/**
 * Network namespaces of Linux, each with a process that runs a device, joined by a bridge. Who is parted loses the cable
 * where nobody is left to be reached, and else the routes to those who are not; no device is told of it.
 */
export class NamespaceGround implements RealGround {
  readonly #hosts: Hosts;
  readonly #devices: readonly ProcessDevice[];

  constructor(devices: number) {
    this.#hosts = createHosts(...Array.from({ length: devices }, () => 'a' as const));
    // All at once: to load a program takes longer than anything else.
    this.#devices = this.#hosts.all.map(
      ({ command }, number) => new ProcessDevice(`device ${number}`, command),
    );
  }

  listenOf(number: number): string {
    return `/ip4/${this.#hosts.all[number]?.address}/tcp/0`;
  }

  async start(number: number, init: RealDeviceInit): Promise<RealDevice> {
    const device = this.#devices[number];
    if (device === undefined) throw new RangeError(`there is no host ${number}`);
    await device.start(init);
    return device;
  }

  part(pairs: ReadonlySet<string>): void {
    const { all } = this.#hosts;
    for (const [number, host] of all.entries()) {
      const parted = all.filter((_, other) => other !== number && pairs.has(pairOf(number, other)));
      const isAlone = parted.length === all.length - 1;
      host.link(!isAlone);
      host.avoid(new Set(isAlone ? [] : parted.map(({ address }) => address)));
    }
  }

  async remove(): Promise<void> {
    // Those that were never started have a process as well.
    await Promise.allSettled(this.#devices.map((device) => device.stop()));
    this.#hosts.remove();
  }
}

/** @throws SmoError `no_namespaces` where they cannot be made */
export const assertNamespaces = (): void => {
  const reason = hostsUnavailable();
  if (reason === undefined) return;
  const hint = 'Run it as root on Linux, with iproute2; or take --transport tcp, which needs neither.';
  throw new SmoError('no_namespaces', reason, hint);
};
