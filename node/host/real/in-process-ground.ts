import { randomUUID } from 'node:crypto';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { pairOf } from './held-logs.ts';
import { InProcessDevice } from './in-process-device.ts';
import type { RealDeviceInit } from './real-device.ts';
import type { RealGround } from './real-ground.ts';

/** This process: whoever is not to reach another device refuses it. */
export class InProcessGround implements RealGround {
  readonly #transport: 'memory' | 'tcp';
  readonly #numbers: ReadonlyMap<DeviceId, number>;
  readonly #devices: InProcessDevice[] = [];
  /** Tells the devices of this run from those of others in the same process. */
  readonly #run = randomUUID();
  #parted: ReadonlySet<string> = new Set();

  constructor(transport: 'memory' | 'tcp', ids: readonly DeviceId[]) {
    this.#transport = transport;
    this.#numbers = new Map(ids.map((id, number) => [id, number]));
  }

  listenOf(number: number): string {
    return this.#transport === 'tcp' ? '/ip4/127.0.0.1/tcp/0' : `/memory/${this.#run}-${number}`;
  }

  async start(number: number, init: RealDeviceInit): Promise<InProcessDevice> {
    const mayReach = (id: DeviceId): boolean => {
      const other = this.#numbers.get(id);
      return other !== undefined && !this.#parted.has(pairOf(number, other));
    };
    const device = await InProcessDevice.start(init, mayReach);
    this.#devices.push(device);
    return device;
  }

  part(pairs: ReadonlySet<string>): void {
    this.#parted = pairs;
    for (const device of this.#devices) device.reachChanged();
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}
