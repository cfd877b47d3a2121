import type { Origin, Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { WatchedDevice } from './watched-device.ts';

/** Whether a record is lost for good. */
export type IsLost = (origin: Origin, seq: Seq) => boolean;

/**
 * What disks have destroyed that was said to be safe, or was not damaged yet. A record that was destroyed somewhere and
 * that no device can give is lost: nobody can be blamed for lacking it, nor for what comes after it in its log.
 */
export class Losses {
  /** For each log, the least seq that a disk has destroyed. */
  readonly #destroyed = new Map<Origin, Seq>();

  /** A disk has destroyed a record, and perhaps later ones of its log. */
  destroyed(origin: Origin, seq: Seq): void {
    this.#destroyed.set(origin, Math.min(seq, this.#destroyed.get(origin) ?? seq));
  }

  /** Whether a record is lost, as far as these devices are all that there are. */
  isLost(origin: Origin, seq: Seq, devices: readonly WatchedDevice[]): boolean {
    const first = this.#destroyed.get(origin);
    return first !== undefined && first <= seq && !devices.some((device) => canGive(device, origin, seq));
  }
}

/** Whether the disk of a device still gives a record. */
export const canGive = ({ records }: WatchedDevice, origin: Origin, seq: Seq): boolean => {
  try {
    return records.record(origin, seq) !== undefined;
  } catch (error) {
    if (error instanceof SmoError) return false;
    throw error;
  }
};
