import type { Origin, SeenVector, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { LogKnowledge } from './log-knowledge.ts';

/** A place, and the id of the event in it if that is known. */
export type EventPlace = Place & { readonly id?: string };

/** What the next event of a log states, and what follows from that. */
export interface Statement {
  readonly place: EventPlace;
  readonly seen: SeenVector | undefined;
  /** Whether it states that it has seen something past a fork that is known, so that less of it counts. */
  isCut(): boolean;
  /** Works out what rises at the event. */
  risen(): SeenVector;
}

/**
 * Port: what the events of each log have seen of other logs. Indexes of one process that follow the same histories may
 * have books with parts in common.
 */
export interface KnowledgeBook {
  /** What is known of a log; it may tell of more events than were taken here. */
  of(origin: Origin): LogKnowledge | undefined;
  /** Takes the next event of a log. @returns what rises at it; nothing if it has seen nothing new */
  take(statement: Statement): SeenVector | undefined;
  /** Up to here a log is put back from what was kept on disk: it begins anew, and its steps follow. */
  restore(origin: Origin): void;
  /** Puts back what rose at an event. */
  restoreStep(origin: Origin, seq: Seq, risen: SeenVector): void;
}

/** A book of one index alone. */
export class OwnKnowledge implements KnowledgeBook {
  readonly #logs = new Map<Origin, LogKnowledge>();

  of(origin: Origin): LogKnowledge | undefined {
    return this.#logs.get(origin);
  }

  take({ place, seen, risen }: Statement): SeenVector | undefined {
    if (seen === undefined) return undefined;
    const rises = risen();
    if (isEmpty(rises)) return undefined;
    this.restoreStep(place.origin, place.seq, rises);
    return rises;
  }

  restore(): void {
    // What nothing is known of needs no place.
  }

  restoreStep(origin: Origin, seq: Seq, risen: SeenVector): void {
    const log = this.#logs.get(origin) ?? new LogKnowledge();
    this.#logs.set(origin, log);
    log.add(seq, risen);
  }
}

/** Whether nothing rises. */
export const isEmpty = (risen: SeenVector): boolean => {
  for (const _ in risen) return false;
  return true;
};
