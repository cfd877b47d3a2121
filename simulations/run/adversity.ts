import { Forger, type Forgery, type Impostor } from '../byzantine/index.ts';
import type { DeviceBackup, SimDevice } from '../device/index.ts';
import type { Fault, Goal } from '../plan/index.ts';
import type { Lookout } from './lookout.ts';
import type { World } from './world.ts';

type DeviceFault = Extract<Fault, { readonly device: number }>;

/** What each forgery shows. */
const FORGED = {
  fork: 'fork-signed',
  usurp: 'membership-forged',
  codec: 'unknown-codec-signed',
} as const satisfies Readonly<Record<Forgery['kind'], Goal>>;

/** Makes disks ill, copies them, and lets devices do what they do when they mean no good. */
export class Adversity {
  readonly #world: World;
  readonly #lookout: Lookout;
  readonly #forger: Forger;

  constructor(world: World, lookout: Lookout) {
    this.#world = world;
    this.#lookout = lookout;
    const { crypto, draws, founded } = world;
    this.#forger = new Forger({
      crypto,
      draws,
      space: founded.space,
      forged: (device, { kind, origin, firstSeq, records, events }) => {
        if (kind === 'fork') lookout.checks.excuse(device);
        lookout.checks.forged(origin, firstSeq, records, events);
        lookout.showed(FORGED[kind]);
      },
    });
  }

  /** @param backup the newest one of the device */
  async happen(device: SimDevice, fault: DeviceFault, backup: DeviceBackup | undefined): Promise<void> {
    switch (fault.type) {
      case 'ail':
        // What was said to be safe before it began to lie is.
        if (fault.ill === 'lie') device.disk.sync();
        device.disk.ills.begin(fault.ill, fault.ppm);
        break;
      case 'recover':
        device.disk.ills.end(fault.ill);
        break;
      case 'clone':
        await this.#clone(device);
        break;
      case 'deceive':
        this.#impostor(fault.device).begin(fault.deceit, fault.ppm);
        break;
      case 'behave':
        this.#impostor(fault.device).end(fault.deceit);
        break;
      case 'fork':
        if (backup !== undefined) await this.#forger.fork(device, backup, fault.drafts);
        break;
      case 'usurp':
        await this.#forger.usurp(device, this.#device(fault.target));
        break;
      case 'codec':
        await this.#forger.codec(device, fault.codec, fault.drafts);
        break;
    }
  }

  async #clone(clone: SimDevice): Promise<void> {
    if (clone.cloneOf === undefined) throw new RangeError(`device ${clone.number} is no clone`);
    const backup = this.#device(clone.cloneOf).backup();
    clone.halt();
    this.#lookout.checks.excuse(clone.number);
    clone.restore(backup);
    await clone.start();
  }

  #impostor(number: number): Impostor {
    const impostor = this.#world.impostors.get(number);
    if (impostor === undefined) throw new RangeError(`device ${number} deceives nobody`);
    return impostor;
  }

  #device(number: number): SimDevice {
    const device = this.#world.devices[number];
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device;
  }
}
