import { deviceOf, type Origin } from '../../protocol/event/index.ts';
import type { IsLost } from './losses.ts';
import type { WatchedDevice } from './watched-device.ts';

/** A device that is up, as far as it is asked what it holds. */
export type Holder = Pick<WatchedDevice, 'number' | 'device' | 'engine'>;

/** What a device has of all that some devices hold together. */
export interface Possession {
  /** Of the device. */
  readonly number: number;
  /** Events that it holds, and those of them that others wrote. */
  readonly held: number;
  readonly heldOfOthers: number;
  /** Events that another one holds and it does not, of logs that it takes in. */
  readonly missing: number;
}

/**
 * What each of some devices holds and lacks of what they hold together.
 * @param isLost whether nobody can give a record; it and what comes after it in its log is not counted as missing
 */
export const possessionsOf = (
  devices: readonly Holder[],
  isLost: IsLost = () => false,
): readonly Possession[] => {
  const frontiers = devices.map((device) => ({
    device,
    entries: new Map([...device.engine.frontier()].map((entry) => [entry.origin, entry])),
  }));
  const best = new Map<Origin, { seq: number; isFrozen: boolean }>();
  for (const { entries } of frontiers) {
    for (const { origin, seq, frozen } of entries.values()) {
      const known = best.get(origin);
      if (known === undefined) best.set(origin, { seq, isFrozen: frozen });
      else if (frozen && (!known.isFrozen || seq < known.seq)) best.set(origin, { seq, isFrozen: true });
      else if (!frozen && !known.isFrozen && seq > known.seq) known.seq = seq;
    }
  }
  return frontiers.map(({ device, entries }) => {
    let [held, heldOfOthers, missing] = [0, 0, 0];
    for (const [origin, { seq }] of best) {
      const own = entries.get(origin)?.seq ?? 0;
      held += Math.min(own, seq);
      if (deviceOf(origin) !== device.device) heldOfOthers += Math.min(own, seq);
      const isDue = own < seq && device.engine.membership.accepts(origin);
      if (isDue && !isLost(origin, own + 1)) missing += seq - own;
    }
    return { number: device.number, held, heldOfOthers, missing };
  });
};
