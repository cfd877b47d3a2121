import type { Origin, SeenVector, Seq } from '../event/index.ts';
import { type Causes, type EventPlace, LogKnowledge } from './log-knowledge.ts';

/**
 * Port: what the events of each log have seen of other logs. Indexes of one process that follow the same histories may
 * have books with parts in common.
 */
export interface KnowledgeBook {
  /** What is known of a log; it may tell of more events than were taken here. */
  of(origin: Origin): LogKnowledge | undefined;
  /** Takes the next event of a log, and what it states. @returns what rises at it; nothing if it has seen nothing new */
  take(place: EventPlace, seen: SeenVector | undefined, causes: Causes): SeenVector | undefined;
  /** The first events of a log are put back from what was kept on disk: it begins anew, and its steps follow. */
  restore(origin: Origin, events: number): void;
  /** Puts back what rose at an event of such a log. */
  restoreStep(origin: Origin, seq: Seq, risen: SeenVector): void;
}

/** A book of one index alone. */
export class OwnKnowledge implements KnowledgeBook {
  readonly #logs = new Map<Origin, LogKnowledge>();

  of(origin: Origin): LogKnowledge | undefined {
    return this.#logs.get(origin);
  }

  take(place: EventPlace, seen: SeenVector | undefined, causes: Causes): SeenVector | undefined {
    return seen && this.#log(place.origin).take(place, seen, causes);
  }

  restore(origin: Origin): void {
    this.put(origin, new LogKnowledge());
  }

  restoreStep(origin: Origin, seq: Seq, risen: SeenVector): void {
    this.#log(origin).add(seq, risen);
  }

  /** Has the book go on with what is known of a log elsewhere. */
  put(origin: Origin, knowledge: LogKnowledge): void {
    this.#logs.set(origin, knowledge);
  }

  #log(origin: Origin): LogKnowledge {
    const known = this.#logs.get(origin);
    if (known !== undefined) return known;
    const log = new LogKnowledge();
    this.#logs.set(origin, log);
    return log;
  }
}
