import type { Origin, SeenVector, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';

/** A place, and the id of the event in it if that is known. */
export type EventPlace = Place & { readonly id?: string };

/** What follows from what an event states, by all that is known of the logs that it names. */
export interface Causes {
  /** Whether it states to have seen something past a fork that is known, so that less of it counts. */
  isCut(seen: SeenVector): boolean;
  /** What rises at the event, closed over what the events had seen that it has seen. */
  risen(place: Place, seen: SeenVector): SeenVector;
}

/**
 * A number that rises along a log: it is `seen[i]` from event `at[i]` on. Both ascend, so that any question is one
 * binary search, exact, and small because most events see nothing new.
 */
interface Rising {
  readonly at: Seq[];
  readonly seen: number[];
}

/** What the events of one log have seen of other logs. It grows at the end; what is asked of an event never changes. */
export class LogKnowledge {
  readonly #logs = new Map<Origin, Rising>();
  /** Of all others together, as a count of events. */
  #past: Rising = { at: [], seen: [] };

  /** Highest seq of another log that the event at `seq` has seen. */
  seenSeq(seq: Seq, other: Origin): Seq {
    return seenAt(this.#logs.get(other), seq);
  }

  /** How many events of other logs the event at `seq` has seen. */
  past(seq: Seq): number {
    return seenAt(this.#past, seq);
  }

  /** All that the event at `seq` has seen of other logs; a log of which it has seen nothing may be among them, with 0. */
  *seen(seq: Seq): Iterable<readonly [other: Origin, highest: Seq]> {
    for (const [other, rising] of this.#logs) yield [other, seenAt(rising, seq)];
  }

  /** Takes the next event that states anything. @returns what rises at it; nothing if it has seen nothing new */
  take(place: Place, seen: SeenVector, causes: Causes): SeenVector | undefined {
    const risen = causes.risen(place, seen);
    if (Object.keys(risen).length === 0) return undefined;
    this.add(place.seq, risen);
    return risen;
  }

  /** Adds what rises at an event, which comes after all events of which that was told before. */
  add(seq: Seq, risen: SeenVector): void {
    let size = this.#past.seen.at(-1) ?? 0;
    for (const [name, highest] of Object.entries(risen)) {
      const other = name as Origin;
      const known = this.#logs.get(other);
      const rising = known ?? { at: [], seen: [] };
      if (known === undefined) this.#logs.set(other, rising);
      size += highest - (rising.seen.at(-1) ?? 0);
      rising.at.push(seq);
      rising.seen.push(highest);
    }
    this.#past.at.push(seq);
    this.#past.seen.push(size);
  }

  /** As it was when the event at `seq` had been added. */
  copy(seq: Seq): LogKnowledge {
    const copy = new LogKnowledge();
    for (const [other, rising] of this.#logs) copy.#logs.set(other, upTo(rising, seq));
    copy.#past = upTo(this.#past, seq);
    return copy;
  }
}

const upTo = ({ at, seen }: Rising, seq: Seq): Rising => {
  const length = lastAtMost(at, seq) + 1;
  return { at: at.slice(0, length), seen: seen.slice(0, length) };
};

const seenAt = (rising: Rising | undefined, seq: Seq): number =>
  rising === undefined ? 0 : (rising.seen[lastAtMost(rising.at, seq)] ?? 0);

/** Index of the last element that is at most `limit` in an ascending list, or -1. */
const lastAtMost = (ascending: readonly number[], limit: number): number => {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Number.POSITIVE_INFINITY) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
