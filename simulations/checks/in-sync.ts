import { equalBytes } from '../../protocol/bytes/index.ts';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { FrontierEntry } from '../../protocol/sync/index.ts';
import type { WatchedDevice } from './watched-device.ts';

/** That devices hold the same which say that they are in sync with each other (S9). */
export class InSync {
  /** How often what a device holds may have changed. */
  readonly #changes = new Map<number, number>();
  /** How often what two devices hold had changed, added up, when they were found to hold the same. */
  readonly #equal = new Map<string, number>();

  /** What a device holds may have changed. */
  changed({ number }: WatchedDevice): void {
    this.#changes.set(number, 1 + (this.#changes.get(number) ?? 0));
  }

  /**
   * Where two connected devices differ in what they hold, though each says that it is in sync with the other; undefined
   * if all is well. Nothing may be under way between them.
   */
  difference(one: WatchedDevice, other: WatchedDevice): string | undefined {
    const pair = `${one.number} ${other.number}`;
    const changes = (this.#changes.get(one.number) ?? 0) + (this.#changes.get(other.number) ?? 0);
    if (this.#equal.get(pair) === changes) return undefined;
    const difference = differenceOf(one, other);
    if (difference === undefined) this.#equal.set(pair, changes);
    else if (saysInSync(one, other.device) && saysInSync(other, one.device)) return difference;
    return undefined;
  }
}

const differenceOf = (one: WatchedDevice, other: WatchedDevice): string | undefined => {
  const theirs = new Map<string, FrontierEntry>();
  for (const entry of other.engine.frontier()) theirs.set(entry.origin, entry);
  for (const entry of one.engine.frontier()) {
    const their = theirs.get(entry.origin);
    theirs.delete(entry.origin);
    if (their === undefined || !holdSame(entry, their)) {
      return `device ${one.number} holds ${entry.origin} up to ${entry.seq}, device ${other.number} up to ${their?.seq ?? 0}`;
    }
  }
  for (const { origin, seq } of theirs.values()) {
    return `device ${one.number} holds nothing of ${origin}, device ${other.number} up to ${seq}`;
  }
  return undefined;
};

/** Whether two positions are of the same records; a seal makes no difference. */
const holdSame = (a: FrontierEntry, b: FrontierEntry): boolean => {
  if (a.seq !== b.seq || a.frozen !== b.frozen) return false;
  const isSamePosition = a.segment === b.segment && a.events === b.events && a.sealed === b.sealed;
  return !isSamePosition || equalBytes(a.commitment, b.commitment);
};

const saysInSync = ({ engine }: WatchedDevice, peer: DeviceId): boolean => {
  for (const { device, lag, behind, disputed } of engine.peers()) {
    if (device === peer) return lag === 0 && behind === 0 && disputed.size === 0;
  }
  return false;
};
