import { compareStrings } from '../bytes/index.ts';
import { compareEvents } from '../event/index.ts';
import { seenSeq, supersedes } from './smo-os-causality.ts';
import type { SmoOsEvent } from './smo-os-event.ts';

/**
 * Orders events so that each comes after all that it supersedes, going through them by the
 * total order. A function of the set of events alone.
 *
 * The vectors of a damaged or forged log can go round in a circle. Events that are bound in one circle, and
 * wait for nothing outside it, come in the total order; what such an event has seen of later ones is lost.
 *
 * @param events of distinct ids, in the total order
 */
export const causalOrder = (events: readonly SmoOsEvent[]): readonly SmoOsEvent[] => {
  const waiting = new WaitingEvents(events);
  const ordered: SmoOsEvent[] = [];
  const place = (event: SmoOsEvent): void => {
    waiting.remove(event);
    ordered.push(event);
  };
  for (const start of events) {
    // Each event on the path waits for the next one.
    const path = waiting.has(start) ? [start] : [];
    const onPath = new Set(path);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const blocker = waiting.has(top) ? waiting.blockerOf(top) : undefined;
      if (blocker === undefined) {
        if (waiting.has(top)) place(top);
        onPath.delete(top);
        path.pop();
      } else if (onPath.has(blocker)) {
        for (const event of closedCircle(top, waiting)) place(event);
      } else {
        onPath.add(blocker);
        path.push(blocker);
      }
    }
  }
  return ordered;
};

/** The events of one origin, by seq and then by the total order, and how many at its start are placed. */
interface Lane {
  readonly origin: string;
  readonly events: readonly SmoOsEvent[];
  placed: number;
}

/** The events that are not placed yet. */
class WaitingEvents {
  readonly #waiting: Set<SmoOsEvent>;
  readonly #lanes: readonly Lane[];

  constructor(events: readonly SmoOsEvent[]) {
    this.#waiting = new Set(events);
    this.#lanes = [...Map.groupBy(events, ({ origin }) => origin)]
      .sort((a, b) => compareStrings(a[0], b[0]))
      .map(([origin, own]) => ({
        origin,
        events: own.toSorted((a, b) => a.seq - b.seq || compareEvents(a, b)),
        placed: 0,
      }));
  }

  has(event: SmoOsEvent): boolean {
    return this.#waiting.has(event);
  }

  remove(event: SmoOsEvent): void {
    this.#waiting.delete(event);
  }

  /** The waiting events, in the total order. */
  all(): readonly SmoOsEvent[] {
    return [...this.#waiting];
  }

  /** One of the waiting events that `event` supersedes; undefined when it waits for none. */
  blockerOf(event: SmoOsEvent): SmoOsEvent | undefined {
    for (const lane of this.#lanes) {
      const blocker = this.#blockerIn(lane, event);
      if (blocker !== undefined) return blocker;
    }
    return undefined;
  }

  #blockerIn(lane: Lane, event: SmoOsEvent): SmoOsEvent | undefined {
    const seqMax = seenSeq(event, lane.origin);
    const skipPlaced = (from: number): number => {
      let at = from;
      for (let next = lane.events[at]; next && !this.#waiting.has(next); next = lane.events[at]) at += 1;
      return at;
    };
    lane.placed = skipPlaced(lane.placed);
    let at = lane.placed;
    for (let next = lane.events[at]; next !== undefined && next.seq <= seqMax; next = lane.events[at]) {
      if (supersedes(event, next)) return next;
      // All see an event of seq 0. It supersedes only earlier ones, so of a seq that many share, as all of an
      // old log do, the rest can be passed over: they are later still.
      at = skipPlaced(event.seq === 0 && next.seq === 0 ? firstPastZero(lane) : at + 1);
    }
    return undefined;
  }
}

const firstPastZero = (lane: Lane): number => {
  let [low, high] = [0, lane.events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane.events[middle]?.seq === 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Events that all come after one another in a circle and after no other waiting event; found from one that
 * waits for a circle. In the total order.
 */
const closedCircle = (start: SmoOsEvent, waiting: WaitingEvents): readonly SmoOsEvent[] => {
  let from = start;
  let below = reach(from, waiting.all(), supersedes);
  for (;;) {
    const circle = reach(from, below, (a, b) => supersedes(b, a));
    if (circle.length === below.length) return circle;
    const inCircle = new Set(circle);
    const lower = below.find((event) => !inCircle.has(event));
    if (lower === undefined) return circle;
    from = lower;
    below = reach(from, below, supersedes);
  }
};

/** The events among `within` that can be reached from one of them, itself included; the order stays. */
const reach = (
  from: SmoOsEvent,
  within: readonly SmoOsEvent[],
  leads: (a: SmoOsEvent, b: SmoOsEvent) => boolean,
): readonly SmoOsEvent[] => {
  const reached = new Set([from]);
  for (const event of reached) {
    for (const next of within) if (!reached.has(next) && leads(event, next)) reached.add(next);
  }
  return within.filter((event) => reached.has(event));
};
