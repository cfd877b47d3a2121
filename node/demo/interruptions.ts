import type { DeviceProcess } from './device-process.ts';
import type { HistoryPlayer, PlayScript } from './history-player.ts';

/** A device is cut off for so many commits, as a share of all. */
const CUT_SHARE = 0.12;

/**
 * What goes wrong while a history is played: each device in turn is cut off for a while and goes on alone, and,
 * where that is asked for, each is killed once without warning and started again.
 */
export class Interruptions implements PlayScript {
  readonly #devices: readonly DeviceProcess[];
  readonly #show: (phase: string) => void;
  /** Commits after which the next device is cut off. */
  readonly #cuts: { readonly device: DeviceProcess; readonly from: number; readonly to: number }[];
  readonly #kills: { readonly device: DeviceProcess; readonly at: number }[];
  #cutOff: DeviceProcess | undefined;

  constructor(
    devices: readonly DeviceProcess[],
    player: Pick<HistoryPlayer, 'total'>,
    crash: boolean,
    show: (phase: string) => void,
  ) {
    this.#devices = devices;
    this.#show = show;
    const at = (share: number): number => Math.floor(player.total * share);
    this.#cuts = devices.map((device, i) => {
      const from = (i + 0.5) / devices.length;
      return { device, from: at(from), to: at(from + CUT_SHARE) };
    });
    this.#kills = crash ? devices.map((device, i) => ({ device, at: at((i + 0.8) / devices.length) })) : [];
    show('the devices write the history, each the commits of its own authors');
  }

  async before(done: number): Promise<void> {
    const [cut] = this.#cuts;
    if (cut !== undefined && this.#cutOff === undefined && done >= cut.from) {
      this.#cutOff = cut.device;
      this.#show(`${cut.device.name} is cut off and goes on alone`);
      await cut.device.api.network({ enabled: false });
    }
    if (cut !== undefined && this.#cutOff !== undefined && done >= cut.to) await this.stuck();
    const [kill] = this.#kills;
    if (kill !== undefined && done >= kill.at) {
      this.#kills.shift();
      await this.#restart(kill.device);
    }
  }

  /** Nobody can go on without what the device that is cut off has written, or the other way round. */
  async stuck(): Promise<boolean> {
    const device = this.#cutOff;
    if (device === undefined) return false;
    this.#cutOff = undefined;
    this.#cuts.shift();
    this.#show(`${device.name} is back, and all get what they have missed`);
    await device.api.network({ enabled: true });
    return true;
  }

  /** Brings everybody back, and kills who has been spared by a short history. */
  async end(): Promise<void> {
    await this.stuck();
    for (const { device } of this.#kills.splice(0)) await this.#restart(device);
  }

  async #restart(device: DeviceProcess): Promise<void> {
    this.#show(`${device.name} is killed and starts again`);
    await device.kill();
    const others = this.#devices.filter((other) => other !== device);
    await device.up(others.flatMap(({ addresses }) => addresses));
    // A device that was cut off comes back with its network on.
    if (this.#cutOff === device) await this.stuck();
  }
}
