import type { JsonValue } from '../../protocol/bytes/index.ts';
import type { Origin, PlacedEvent, Seq } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import { noCounts, type ProjectionContext, type ProjectionCounts } from '../../protocol/projection/index.ts';

type Row = JsonValue | undefined;

/** What an application of an event has asked of what is around it, and the answers. */
interface Asked {
  readonly rows: (readonly [key: string, row: Row])[];
  readonly sees: (readonly [place: Place, other: Place, sees: boolean])[];
  readonly seen: (readonly [place: Place, origin: Origin, seq: Seq])[];
  readonly events: (readonly [place: Place, event: PlacedEvent])[];
}

/** What it has done. */
interface Done {
  readonly rows: (readonly [key: string, row: JsonValue | null])[];
  readonly items: (readonly [key: string, before: Row, after: Row])[];
  readonly counts: ProjectionCounts;
}

/** One application of an event: it comes to the same wherever all that it asks has the same answers. */
export class Projection {
  readonly #asked: Asked;
  readonly #done: Done;

  constructor(asked: Asked, done: Done) {
    this.#asked = asked;
    this.#done = done;
  }

  /** Whether all answers are the same there: for rows the same objects, which is told at once. */
  fits(context: ProjectionContext): boolean {
    const { rows, sees, seen, events } = this.#asked;
    return (
      rows.every(([key, row]) => context.get(key) === row) &&
      sees.every(([place, other, answer]) => context.sees(place, other) === answer) &&
      seen.every(([place, origin, answer]) => context.seenSeq(place, origin) === answer) &&
      events.every(([place, event]) => context.event(place).id === event.id)
    );
  }

  /** Does the same there. */
  repeat(context: ProjectionContext): void {
    const { rows, items, counts } = this.#done;
    for (const [key, row] of rows) context.put(key, row);
    for (const [key, before, after] of items) context.digest.replace(key, before, after);
    addCounts(context.counts, counts);
  }
}

/** Lets an event be applied, and notes what that asks and does. */
export const record = (
  context: ProjectionContext,
  apply: (recorder: ProjectionContext) => void,
): Projection => {
  const asked: Asked = { rows: [], sees: [], seen: [], events: [] };
  const done: Done = { rows: [], items: [], counts: noCounts() };
  const written = new Set<string>();
  apply({
    get(key) {
      const row = context.get(key);
      // What it has written itself is no answer of what is around it.
      if (!written.has(key)) asked.rows.push([key, row]);
      return row;
    },
    put(key, row) {
      written.add(key);
      done.rows.push([key, row]);
      context.put(key, row);
    },
    sees(place, other) {
      const sees = context.sees(place, other);
      asked.sees.push([place, other, sees]);
      return sees;
    },
    seenSeq(place, origin) {
      const seq = context.seenSeq(place, origin);
      asked.seen.push([place, origin, seq]);
      return seq;
    },
    event(place) {
      const event = context.event(place);
      asked.events.push([place, event]);
      return event;
    },
    digest: {
      replace(key, before, after) {
        done.items.push([key, before, after]);
        context.digest.replace(key, before, after);
      },
    },
    counts: done.counts,
  });
  addCounts(context.counts, done.counts);
  return new Projection(asked, done);
};

const addCounts = (counts: ProjectionCounts, more: ProjectionCounts): void => {
  for (const name of COUNTED) counts[name] += more[name];
};

const COUNTED = Object.keys(noCounts()) as (keyof ProjectionCounts)[];
