import type { Origin, SeenVector, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { type KnowledgeBook, OwnKnowledge } from './knowledge-book.ts';
import type { Causes, EventPlace } from './log-knowledge.ts';

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
  readonly #book: KnowledgeBook;
  readonly #causes: Causes = {
    isCut: (seen) => this.#isCut(seen),
    risen: (place, seen) => this.#close(place, seen),
  };

  /**
   * @param lastOf the last event of a log before its fork. An index in which a log has gone beyond that is
   *   of no use any more, and begun anew.
   * @param book for this index, and empty
   */
  constructor(lastOf: LastOf = () => undefined, book: KnowledgeBook = new OwnKnowledge()) {
    this.#lastOf = lastOf;
    this.#book = book;
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
  apply(place: EventPlace, seen: SeenVector | undefined): CausalStep | undefined {
    const { origin, seq } = place;
    const isNext = this.applied(origin) === seq - 1;
    if (!isNext || this.isCutOff(place) || this.missing(place, seen) !== undefined) {
      throw new RangeError(`event ${seq} of ${origin} is not ready`);
    }
    this.#applied.set(origin, seq);
    const risen = this.#book.take(place, seen, this.#causes);
    return risen && { origin, seq, seen: risen };
  }

  /** Puts back what was kept on disk: the length of an applied prefix. Its steps come after it. */
  restoreApplied(origin: Origin, seq: Seq): void {
    this.#applied.set(origin, seq);
    this.#book.restore(origin, seq);
  }

  /** Puts back a step that `apply` returned; steps of one log in ascending order. */
  restoreStep({ origin, seq, seen }: CausalStep): void {
    this.#book.restoreStep(origin, seq, seen);
  }

  /** Highest seq of `other` that event `place` has seen; its own place within its own log. */
  seenSeq(place: Place, other: Origin): Seq {
    if (place.origin === other) return place.seq;
    return this.#book.of(place.origin)?.seenSeq(place.seq, other) ?? 0;
  }

  /** Whether the first event has seen the second, or is it. */
  sees(place: Place, other: Place): boolean {
    return this.seenSeq(place, other.origin) >= other.seq;
  }

  /** The effective seen vector of an applied event, its own log left out. */
  seenVector(place: Place): SeenVector {
    const vector: Record<string, Seq> = {};
    for (const [other, seq] of this.#book.of(place.origin)?.seen(place.seq) ?? []) {
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
      .map(([origin, seq]) => ({ origin, seq, past: seq + (this.#book.of(origin)?.past(seq) ?? 0) }))
      .sort((a, b) => b.past - a.past);
    for (const { origin, seq } of named) {
      // With all that it has seen: seen vectors are closed.
      if (isSeen(origin, seq)) continue;
      risen[origin] = seq;
      for (const [other, highest] of this.#book.of(origin)?.seen(seq) ?? []) {
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

  #isCut(seen: SeenVector): boolean {
    return Object.entries(seen).some(([name, seq]) => seq > (this.#lastOf(name as Origin) ?? seq));
  }
}
