import { compareEvents } from '../event/index.ts';
import { accept, type Verdict } from '../fault/index.ts';
import { collision, preferredCopy } from './smo-os-copies.ts';
import type { SmoOsEvent } from './smo-os-event.ts';
import type { SmoOsLine } from './smo-os-lines.ts';

/** Events of distinct ids in the total order; only {@link mergeSmoOsEvents} makes one. */
export type MergedSmoOsEvents = readonly SmoOsEvent[] & { readonly __brand: 'MergedSmoOsEvents' };

/** The events of one file, and the name under which a message speaks of it. */
export interface SmoOsSource {
  readonly name: string;
  readonly events: readonly SmoOsLine[];
}

/**
 * The union by id of the events of any number of files, in the total order (timestamp, origin, seq, id).
 * Neither the order of the files nor repetition changes it. The same id with different content refuses the
 * whole merge as `id_collision`, naming both places.
 */
export const mergeSmoOsEvents = (
  sources: readonly SmoOsSource[],
): Verdict<MergedSmoOsEvents, 'id_collision'> => {
  const kept = new Map<string, { readonly event: SmoOsEvent; readonly place: string }>();
  for (const { name, events } of sources) {
    for (const { line, event } of events) {
      const place = `${name} line ${line}`;
      const earlier = kept.get(event.id);
      const copy = preferredCopy(earlier?.event, event);
      if (copy === undefined) return collision(event.id, earlier?.place ?? place, place);
      kept.set(event.id, { event: copy, place: earlier?.place ?? place });
    }
  }
  const merged = Array.from(kept.values(), ({ event }) => event).sort(compareEvents);
  return accept(merged as unknown as MergedSmoOsEvents);
};
