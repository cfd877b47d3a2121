import type { DeviceBackup, SimDevice } from '../device/index.ts';
import type { PowerCut, RecordPlace } from '../disk/index.ts';
import type { Network } from '../network/index.ts';
import type { Fault } from '../plan/index.ts';
import type { Adversity } from './adversity.ts';
import type { World } from './world.ts';

/** What the trouble tells of itself. */
export interface TroubleHost {
  /** The disk of a device, which is down, is about to lose what it held. */
  losing(device: number): void;
  /** On the disk of a device a record reads as something else from now on. */
  rotten(device: number, place: RecordPlace): void;
  /** A loss of power has taken this of a disk. */
  cut(device: number, cut: PowerCut): void;
}

/** Makes happen what goes wrong. */
export class Trouble {
  readonly #devices: readonly SimDevice[];
  readonly #network: Network;
  readonly #host: TroubleHost;
  readonly #backups = new Map<number, DeviceBackup>();
  readonly #adversity: Adversity;
  #blocks = 0;

  constructor(
    { devices, network }: Pick<World, 'devices' | 'network'>,
    adversity: Adversity,
    host: TroubleHost,
  ) {
    this.#devices = devices;
    this.#network = network;
    this.#adversity = adversity;
    this.#host = host;
  }

  /** Whether anything is blocked now. */
  get isParted(): boolean {
    return this.#blocks > 0;
  }

  async happen(fault: Fault): Promise<void> {
    switch (fault.type) {
      case 'block':
        this.#blocks += 1;
        this.#network.hold(fault.from, fault.to, 'block');
        break;
      case 'unblock':
        this.#blocks -= 1;
        this.#network.release(fault.from, fault.to, 'block');
        break;
      case 'clog':
        this.#network.hold(fault.from, fault.to, 'clog');
        break;
      case 'unclog':
        this.#network.release(fault.from, fault.to, 'clog');
        break;
      case 'scramble':
        this.#network.scramble(fault.from, fault.to, fault);
        break;
      case 'unscramble':
        this.#network.scramble(fault.from, fault.to, undefined);
        break;
      case 'reset':
        this.#network.break(fault.a, fault.b);
        break;
      default:
        await this.#strike(this.#device(fault.device), fault);
    }
  }

  async #strike(device: SimDevice, fault: Extract<Fault, { readonly device: number }>): Promise<void> {
    switch (fault.type) {
      case 'crash':
        this.#crash(device, fault.torn);
        break;
      case 'start':
        await device.start();
        break;
      case 'backup':
        this.#backups.set(fault.device, device.backup());
        break;
      case 'restore': {
        const wasUp = device.isUp;
        const backup = this.#backups.get(fault.device);
        device.crash();
        this.#host.losing(device.number);
        if (backup !== undefined) device.restore(backup);
        if (wasUp) await device.start();
        break;
      }
      case 'wipe':
        device.crash();
        this.#host.losing(device.number);
        device.wipe();
        break;
      case 'rot': {
        const place = device.disk.rot(fault.choice);
        if (place !== undefined) this.#host.rotten(device.number, place);
        break;
      }
      case 'clock':
        device.setClock(fault.stepMs);
        break;
      default:
        await this.#adversity.happen(device, fault, this.#backups.get(device.number));
    }
  }

  #crash(device: SimDevice, torn: boolean | undefined): void {
    const cut = device.crash(torn);
    if (cut !== undefined) this.#host.cut(device.number, cut);
  }

  #device(number: number): SimDevice {
    const device = this.#devices[number];
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device;
  }
}
