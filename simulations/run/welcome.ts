import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { SimDevice } from '../device/index.ts';

/** What it takes to say who is welcome. */
export interface WelcomeParts {
  readonly devices: readonly SimDevice[];
  /** For each device the one that let it in. */
  readonly inviters: readonly (number | undefined)[];
  idOf(number: number): DeviceId;
}

/** Who may connect with a device, as the node decides it. */
export class Welcome {
  readonly #parts: WelcomeParts;
  readonly #met: readonly Set<number>[];

  constructor(parts: WelcomeParts) {
    this.#parts = parts;
    this.#met = parts.devices.map(() => new Set<number>());
  }

  /** A device is connected with another one, and will know it when it meets it again. */
  meet(number: number, peer: number): void {
    this.#met[number]?.add(peer);
  }

  /**
   * Whether a device takes another one for somebody to sync with: a member; who let it in, for as long as it does not
   * know that; and whom it has met, while what says who is a member may lie behind a record that cannot be read.
   */
  admits(number: number, peer: number): boolean {
    const { devices, inviters, idOf } = this.#parts;
    const device = devices[number];
    if (!device?.isUp) return false;
    const { membership } = device.engine;
    const [self, other] = [idOf(number), idOf(peer)];
    if (membership.has(other)) return true;
    if (membership.former.has(other)) return false;
    const isOutside = !membership.has(self) && !membership.former.has(self);
    return (isOutside && inviters[number] === peer) || this.#isRecovering(number, peer, device);
  }

  #isRecovering(number: number, peer: number, { engine }: SimDevice): boolean {
    if (this.#met[number]?.has(peer) !== true) return false;
    return [...engine.waiting()].some(({ reason }) => reason === 'damaged');
  }
}
