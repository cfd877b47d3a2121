import type { Origin, SeenVector, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';

/**
 * What one log has seen of another: `seen[i]` is the highest seq seen from event `at[i]` on. Both ascend, so
 * that any question is one binary search, exact, and small because most events see nothing new.
 */
interface Knowledge {
  readonly at: Seq[];
  readonly seen: Seq[];
}

const nothingKnown = (): Knowledge => ({ at: [], seen: [] });

/** A row of the index, as it is kept on disk: from event `seq` of `origin` on, these seqs are seen. */
export interface CausalStep {
  readonly origin: Origin;
  readonly seq: Seq;
  /** Only what rises at this event, closed over what the seen events saw themselves. */
  readonly seen: SeenVector;
}

/** How many events of a log count at all: those before its fork; undefined for a log that has none. */
export type LastOf = (origin: Origin) => Seq | undefined;

/**
 * Which applied event sees which. The seen vector of an event is the running maximum along its log of the
 * stated deltas, closed over what the seen events had seen: `sees` is a partial order whatever the authors
 * state (docs/protocol/causality.md).
 *
 * Invariants:
 * - C1: `applied(origin)` counts a gap-free prefix of the log.
 * - C2: an event is only applied after all that it has seen, so seen vectors point at applied events.
 * - C3: `sees` is transitive and antisymmetric.
 * - C4: no event of a log from its fork on is applied or seen; what states that it has seen one counts as having
 *   seen the last one before.
 */
export class CausalIndex {
  readonly #lastOf: LastOf;
  readonly #applied = new Map<Origin, Seq>();
  readonly #knowledge = new Map<Origin, Map<Origin, Knowledge>>();
  /** What each log has seen of all others together, as a count of events. */
  readonly #pasts = new Map<Origin, Knowledge>();

  /**
   * @param lastOf the last event of a log before its fork. An index in which a log has gone beyond that is
   *   of no use any more, and begun anew.
   */
  constructor(lastOf: LastOf = () => undefined) {
    this.#lastOf = lastOf;
  }

  /** Length of the applied prefix of a log; 0 for a log that is not known. */
  applied(origin: Origin): Seq {
    return this.#applied.get(origin) ?? 0;
  }

  /** Lengths of all applied prefixes, in no particular order. */
  frontier(): ReadonlyMap<Origin, Seq> {
    return this.#applied;
  }

  /** The first place that must be applied before an event with these stated deltas; undefined when it is ready. */
  missing(place: Place, seen: SeenVector | undefined): Place | undefined {
    if (this.applied(place.origin) < place.seq - 1) return { origin: place.origin, seq: place.seq - 1 };
    if (seen === undefined) return undefined;
    for (const [origin, seq] of this.#clamp(seen)) {
      if (this.applied(origin) < seq) return { origin, seq };
    }
    return undefined;
  }

  /** Whether a place is at or past the fork of its log, where nothing is applied. */
  isCutOff({ origin, seq }: Place): boolean {
    return seq > (this.#lastOf(origin) ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Counts the next event of a log as applied.
   *
   * @returns the step to keep on disk, or undefined when the event saw nothing new
   */
  apply(place: Place, seen: SeenVector | undefined): CausalStep | undefined {
    const isNext = this.applied(place.origin) === place.seq - 1;
    if (!isNext || this.isCutOff(place) || this.missing(place, seen) !== undefined) {
      throw new RangeError(`event ${place.seq} of ${place.origin} is not ready`);
    }
    this.#applied.set(place.origin, place.seq);
    if (seen === undefined) return undefined;
    const risen = this.#close(place, seen);
    if (Object.keys(risen).length === 0) return undefined;
    const step = { ...place, seen: risen };
    this.#add(step);
    return step;
  }

  /** Puts back what was kept on disk: the length of an applied prefix. */
  restoreApplied(origin: Origin, seq: Seq): void {
    this.#applied.set(origin, seq);
  }

  /** Puts back a step that `apply` returned; steps of one log in ascending order. */
  restoreStep(step: CausalStep): void {
    this.#add(step);
  }

  /** Highest seq of `other` that event `place` has seen; its own place within its own log. */
  seenSeq(place: Place, other: Origin): Seq {
    if (place.origin === other) return place.seq;
    return seenAt(this.#knowledge.get(place.origin)?.get(other), place.seq);
  }

  /** Whether the first event has seen the second, or is it. */
  sees(place: Place, other: Place): boolean {
    return this.seenSeq(place, other.origin) >= other.seq;
  }

  /** The effective seen vector of an applied event, its own log left out. */
  seenVector(place: Place): SeenVector {
    const vector: Record<string, Seq> = {};
    for (const other of this.#knowledge.get(place.origin)?.keys() ?? []) {
      const seq = this.seenSeq(place, other);
      if (seq > 0) vector[other] = seq;
    }
    return vector;
  }

  /**
   * What rises at `place` when its deltas and all that those events had seen are taken together. An event that
   * has seen another has a larger past, so whoever comes first by that is looked at, and those that it has seen
   * are passed over: the cost is that of the named events which no other named one has seen.
   */
  #close(place: Place, seen: SeenVector): SeenVector {
    const risen: Record<string, Seq> = {};
    const isSeen = (origin: Origin, seq: Seq): boolean =>
      origin === place.origin || seq <= (risen[origin] ?? this.seenSeq(place, origin));
    const named = this.#clamp(seen)
      .filter(([origin, seq]) => !isSeen(origin, seq))
      .map(([origin, seq]) => ({ origin, seq, past: seq + seenAt(this.#pasts.get(origin), seq) }))
      .sort((a, b) => b.past - a.past);
    for (const { origin, seq } of named) {
      // With all that it has seen: seen vectors are closed.
      if (isSeen(origin, seq)) continue;
      risen[origin] = seq;
      for (const [other, knowledge] of this.#knowledge.get(origin) ?? []) {
        const highest = seenAt(knowledge, seq);
        if (!isSeen(other, highest)) risen[other] = highest;
      }
    }
    return risen;
  }

  /** Stated seqs, those past a fork lowered to the last event before it. */
  #clamp(seen: SeenVector): readonly (readonly [Origin, Seq])[] {
    return Object.entries(seen).map(([name, seq]) => {
      const origin = name as Origin;
      return [origin, Math.min(seq, this.#lastOf(origin) ?? seq)];
    });
  }

  #add({ origin, seq, seen }: CausalStep): void {
    const known = getOrAdd(this.#knowledge, origin, () => new Map<Origin, Knowledge>());
    const past = getOrAdd(this.#pasts, origin, nothingKnown);
    let size = past.seen.at(-1) ?? 0;
    for (const [name, highest] of Object.entries(seen)) {
      const knowledge = getOrAdd(known, name as Origin, nothingKnown);
      size += highest - (knowledge.seen.at(-1) ?? 0);
      knowledge.at.push(seq);
      knowledge.seen.push(highest);
    }
    past.at.push(seq);
    past.seen.push(size);
  }
}

/** What is known from an event on. */
const seenAt = (knowledge: Knowledge | undefined, seq: Seq): Seq =>
  knowledge === undefined ? 0 : (knowledge.seen[lastAtMost(knowledge.at, seq)] ?? 0);

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

const getOrAdd = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const held = map.get(key);
  if (held !== undefined) return held;
  const made = make();
  map.set(key, made);
  return made;
};
