import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DeviceId, parseDeviceId } from '../../protocol/crypto/index.ts';
import { writeFileAtomic } from '../files/index.ts';
import { HOME_LAYOUT } from '../home/index.ts';

const SCHEMA = v.object({
  devices: v.array(v.custom<DeviceId>((text) => typeof text === 'string' && parseDeviceId(text).ok)),
});

/**
 * Devices that were met before a repair cut logs, in a file of the home, or before records could not be read any more. The
 * events that make them members may be among those, and only they can bring them back. It is over once one of them has
 * given everything.
 */
export class Recovery {
  readonly #path: string;
  #devices: ReadonlySet<DeviceId>;

  private constructor(path: string, devices: Iterable<DeviceId>) {
    this.#path = path;
    this.#devices = new Set(devices);
  }

  /** The recovery of a home; without a file, or with one that cannot be read, there is none under way. */
  static async open(home: string): Promise<Recovery> {
    const path = join(home, HOME_LAYOUT.recovery);
    const text = await readFile(path, 'utf8').catch(() => '');
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SCHEMA), text);
    return new Recovery(path, parsed.success ? parsed.output.devices : []);
  }

  /** Begins a recovery from these devices, if there are any, with the next start of the device. */
  static async begin(home: string, devices: readonly DeviceId[]): Promise<void> {
    if (devices.length === 0) return;
    const text = `${JSON.stringify({ devices: [...new Set(devices)] }, null, 2)}\n`;
    await writeFileAtomic(join(home, HOME_LAYOUT.recovery), text, { mode: 0o600, durable: true });
  }

  /** Begins one from these devices, for as long as this process lives. */
  beginNow(devices: Iterable<DeviceId>): void {
    this.#devices = new Set([...this.#devices, ...devices]);
  }

  /** Whether a recovery is under way. */
  get isUnderWay(): boolean {
    return this.#devices.size > 0;
  }

  /** Whether a device may give back what was lost, member or not as far as is known now. */
  has(device: DeviceId): boolean {
    return this.#devices.has(device);
  }

  /** All of those. */
  devices(): Iterable<DeviceId> {
    return this.#devices;
  }

  /** Ends it: one device has given everything that it holds. */
  async end(): Promise<void> {
    this.#devices = new Set();
    await rm(this.#path, { force: true });
  }
}
