import type { JsonValue } from '../bytes/index.ts';
import { compareEvents } from '../event/index.ts';
import { supersedes } from './smo-os-causality.ts';
import type { SmoOsEvent } from './smo-os-event.ts';

/** A write to one register, that is, to one field of one entity. */
export interface SmoOsWrite {
  readonly event: SmoOsEvent;
  readonly value: JsonValue;
  /** The write that was chosen; only where the event is a ConflictResolved. */
  readonly chosen?: SmoOsWrite;
}

/**
 * Every write to a register, in the total order: the plain ones, and the resolutions that count. A resolution
 * writes the value of the event that it chose, which must be a write to this register in its past, and may be
 * a resolution itself. One that is not so changes nothing, nor do those that chose it; a circle of choices
 * counts for nothing as a whole.
 *
 * @param resolutions the ConflictResolved events for this register
 */
export const settleWrites = (
  plain: readonly SmoOsWrite[],
  resolutions: readonly SmoOsEvent[],
): readonly SmoOsWrite[] => {
  if (resolutions.length === 0) return plain;
  const byId = new Map(resolutions.map((event) => [event.id, event]));
  const settled = new Map<string, SmoOsWrite | undefined>(plain.map((write) => [write.event.id, write]));
  for (const resolution of resolutions) {
    const path: SmoOsEvent[] = [];
    let at: SmoOsEvent | undefined = resolution;
    while (at !== undefined && !settled.has(at.id)) {
      // Settled as void until its choice is known, so that a circle ends here.
      settled.set(at.id, undefined);
      path.push(at);
      at = byId.get(chosenIdOf(at));
    }
    for (const event of path.reverse()) {
      const chosen = settled.get(chosenIdOf(event));
      if (chosen !== undefined && supersedes(event, chosen.event)) {
        settled.set(event.id, { event, value: chosen.value, chosen });
      }
    }
  }
  return [...settled.values()]
    .filter((write) => write !== undefined)
    .sort((a, b) => compareEvents(a.event, b.event));
};

/**
 * The heads of a register, in the total order. Where vectors that nobody could have written honestly go
 * round in a circle and leave no maximal write, the last one in the total order is the head.
 *
 * @param writes all of them, in the total order
 */
export const headsOf = (writes: readonly SmoOsWrite[]): readonly SmoOsWrite[] => {
  const heads = maximalWrites(writes);
  return heads.length > 0 ? heads : writes.slice(-1);
};

/** The writes that no other of them supersedes; the order stays. */
export const maximalWrites = (writes: readonly SmoOsWrite[]): readonly SmoOsWrite[] =>
  // From the end: what supersedes a write is mostly late, so this is quadratic only where it is concurrent.
  writes.filter(({ event }) => writes.findLast((other) => supersedes(other.event, event)) === undefined);

/** The writes in the past of one of them; the order stays. */
export const pastOf = (write: SmoOsWrite, writes: readonly SmoOsWrite[]): readonly SmoOsWrite[] =>
  writes.filter(({ event }) => supersedes(write.event, event));

const chosenIdOf = ({ payload }: SmoOsEvent): string =>
  // No event has the empty id.
  typeof payload.chosenEventId === 'string' ? payload.chosenEventId : '';
