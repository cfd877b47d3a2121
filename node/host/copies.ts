import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';

/** How much of each log a device is known to hold. */
export type Holdings = ReadonlyMap<Origin, Seq>;

/** Where else the events of this device are, as far as is known. */
export interface Copies {
  /** Events that no other device is known to hold. */
  readonly onlyHere: number;
  /** Devices that hold all of them. */
  readonly complete: readonly DeviceId[];
}

/**
 * Where else events are.
 * @param held how much of each log is held here
 * @param others what each other device is known to hold
 */
export const copiesOf = (held: Holdings, others: ReadonlyMap<DeviceId, Holdings>): Copies => {
  let onlyHere = 0;
  for (const [origin, seq] of held) {
    const elsewhere = Math.max(0, ...[...others.values()].map((holds) => holds.get(origin) ?? 0));
    onlyHere += Math.max(0, seq - elsewhere);
  }
  const complete = [...others].filter(([, holds]) => lagOf(held, holds) === 0).map(([device]) => device);
  return { onlyHere, complete };
};

/** How many of the events that are held here a device is not known to hold. */
export const lagOf = (held: Holdings, holds: Holdings): number =>
  [...held].reduce((lag, [origin, seq]) => lag + Math.max(0, seq - (holds.get(origin) ?? 0)), 0);
