import type { PlacedEvent } from '../../protocol/event/index.ts';
import {
  authorOf,
  inTotalOrder,
  isAdd,
  isRevocation,
  LEAST_FIRST,
  permits,
  renamesItself,
  roleIn,
  subjectOf,
  WRITING,
} from './control-statement.ts';
import type { SeenVectors } from './seen-vectors.ts';

type Event = PlacedEvent;

/** The valid control events of a history. */
export interface ValidEvents {
  readonly genesis: Event;
  readonly vectors: SeenVectors;
  /** Those about a device, causes first. */
  about(device: string): readonly Event[];
  readonly removals: readonly Event[];
  isRemoval(event: Event): boolean;
}

type Rank = readonly [level: number, add: Event];

/**
 * Which of a set of valid control events count (docs/protocol/membership.md, "Ruling"). Nothing is worked out before
 * it is asked for, and only events about the devices in question are looked at.
 */
export class SwiftRuling {
  /** The removals that count, in the order in which they were put in. */
  readonly removals = new Set<Event>();
  readonly #valid: ValidEvents;
  readonly #isIn: (event: Event) => boolean;
  readonly #decided = new Map<Event, boolean>();
  readonly #ranks = new Map<Event, Rank | undefined>();

  /** @param isIn whether a valid event is in the set; with one are all valid ones that it sees */
  constructor(valid: ValidEvents, isIn: (event: Event) => boolean) {
    this.#valid = valid;
    this.#isIn = isIn;
    const left = new Set(valid.removals.filter(isIn));
    while (left.size > 0) {
      const next = this.#mostSenior(left);
      left.delete(next);
      if (!this.#stands(next)) continue;
      this.removals.add(next);
      this.#decided.clear();
      this.#ranks.clear();
    }
  }

  counts(event: Event): boolean {
    const known = this.#decided.get(event);
    if (known !== undefined) return known;
    const verdict =
      event === this.#valid.genesis ||
      (this.#valid.isRemoval(event) ? this.removals.has(event) : this.#stands(event));
    this.#decided.set(event, verdict);
    return verdict;
  }

  /** The events of the set about a device that count. */
  countedAbout(device: string): readonly Event[] {
    return this.#valid.about(device).filter((event) => this.#isIn(event) && this.counts(event));
  }

  roleOf(device: string): string | undefined {
    return this.#roleIn(this.countedAbout(device));
  }

  isRevoked(device: string): boolean {
    for (const event of this.removals) if (isRevocation(event) && subjectOf(event) === device) return true;
    return false;
  }

  /** The events of some that no other of them has seen. */
  last(events: readonly Event[]): readonly Event[] {
    return events.filter((event) => !events.some((other) => this.#sees(other, event)));
  }

  /** What a removal leaves of a log: what it states, or what it has seen; undefined for a log unknown to it. */
  cutOf(removal: Event, log: string): number | undefined {
    const cut = (removal.payload.cut ?? {}) as Readonly<Record<string, number>>;
    if (Object.hasOwn(cut, log)) return cut[log];
    const seen = removal.origin === log ? removal.seq : this.#valid.vectors.seenOf(removal, log);
    return seen > 0 ? seen : undefined;
  }

  #stands(event: Event): boolean {
    for (const removal of this.removals) if (this.#cuts(removal, event)) return false;
    return permits(this.#roleIn(this.#seenAbout(event)), event);
  }

  /** What counts of what an event has seen about its author. */
  #seenAbout(event: Event): readonly Event[] {
    const about = this.#valid.about(authorOf(event));
    return about.filter((other) => this.#sees(event, other) && this.counts(other));
  }

  #roleIn(about: readonly Event[]): string | undefined {
    if (!about.some(isAdd)) return undefined;
    const roles = this.last(about.filter((event) => roleIn(event) !== undefined)).map(roleIn);
    return LEAST_FIRST.find((role) => roles.includes(role));
  }

  #cuts(removal: Event, event: Event): boolean {
    if (subjectOf(removal) !== authorOf(event)) return false;
    if (removal === event || event === this.#valid.genesis) return false;
    const cut = this.cutOf(removal, event.origin);
    if (isRevocation(removal)) return event.seq > (cut ?? 0);
    const isConcurrent = !this.#sees(removal, event) && !this.#sees(event, removal);
    if (WRITING.includes(roleIn(removal) ?? '')) return isConcurrent && !renamesItself(event);
    return cut === undefined ? isConcurrent : event.seq > cut;
  }

  #mostSenior(left: ReadonlySet<Event>): Event {
    let first: Event | undefined;
    for (const event of left) {
      if (first === undefined) first = event;
      else if ((compareRanks(this.#rank(event), this.#rank(first)) || inTotalOrder(event, first)) < 0)
        first = event;
    }
    if (first === undefined) throw new Error('nothing is left');
    return first;
  }

  /** Steps from the founder to the author of an event, and the add that makes them. */
  #rank(event: Event): Rank | undefined {
    if (this.#ranks.has(event)) return this.#ranks.get(event);
    let best: Rank | undefined;
    for (const add of this.#seenAbout(event).filter(isAdd)) {
      const level = add === this.#valid.genesis ? 0 : 1 + (this.#rank(add)?.[0] ?? Number.NaN);
      const rank: Rank = [level, add];
      if (compareRanks(rank, best) < 0) best = rank;
    }
    this.#ranks.set(event, best);
    return best;
  }

  #sees(event: Event, other: Event): boolean {
    return this.#valid.vectors.sees(event, other);
  }
}

const compareRanks = (a: Rank | undefined, b: Rank | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a[0] - b[0] || inTotalOrder(a[1], b[1]);
};
