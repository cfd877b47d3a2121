import { deviceOf, type Origin, type Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import type { WatchedDevice } from './watched-device.ts';

/** Whether a record is lost for good. */
export type IsLost = (origin: Origin, seq: Seq) => boolean;

/**
 * What disks have destroyed that was said to be safe, or was not damaged yet. A record of a log with such a loss is lost
 * when no device can give it to the others: nobody can be blamed for lacking it, nor for what comes after it in its log.
 */
export class Losses {
  /** For each log, the least seq that a disk has destroyed. */
  readonly #destroyed = new Map<Origin, Seq>();

  /** A disk has destroyed a record, and perhaps later ones of its log. */
  destroyed(origin: Origin, seq: Seq): void {
    this.#destroyed.set(origin, Math.min(seq, this.#destroyed.get(origin) ?? seq));
  }

  /** Whether a record is lost to those that hold all before it, as far as these devices are all that there are. */
  isLost(origin: Origin, seq: Seq, devices: readonly WatchedDevice[]): boolean {
    const first = this.#destroyed.get(origin);
    if (first === undefined || devices.some((device) => canServe(device, { origin, seq }, devices)))
      return false;
    // What came before that is lost only with a segment in which it lies.
    return first <= seq || devices.some((device) => segmentWith(device, { origin, seq }) !== undefined);
  }
}

/**
 * Whether a device can give a record to one that holds all before it. A segment is given from there on to where it ends on
 * this device, as only that is signed. Its author may sign less of it, if all before the record can be read; and what one
 * other device can fill is healed.
 */
const canServe = (
  device: WatchedDevice,
  { origin, seq }: Place,
  devices: readonly WatchedDevice[],
): boolean => {
  const manifest = segmentWith(device, { origin, seq });
  if (manifest === undefined) return false;
  const seqs = Array.from({ length: manifest.events }, (_, i) => manifest.firstSeq + i);
  const gaps = seqs.filter((each) => !canGive(device, origin, each));
  if (gaps.every((gap) => gap < seq)) return true;
  if (device.device === deviceOf(origin) && gaps.every((gap) => gap > seq)) return true;
  return devices.some((other) => gaps.every((gap) => canGive(other, origin, gap)));
};

/** The manifest of the segment that a record lies in, if the device holds it. */
const segmentWith = ({ records }: WatchedDevice, { origin, seq }: Place): Manifest | undefined => {
  for (let segment = 0; ; segment += 1) {
    const manifest = records.manifest(origin, segment);
    if (manifest === undefined || seq < manifest.firstSeq + manifest.events) return manifest;
  }
};

/** Whether the disk of a device still gives a record. */
export const canGive = ({ records }: WatchedDevice, origin: Origin, seq: Seq): boolean => {
  try {
    return records.record(origin, seq) !== undefined;
  } catch (error) {
    if (error instanceof SmoError) return false;
    throw error;
  }
};
