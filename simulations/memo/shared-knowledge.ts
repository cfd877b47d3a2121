import {
  type Causes,
  type EventPlace,
  type KnowledgeBook,
  LogKnowledge,
  OwnKnowledge,
} from '../../protocol/causality/index.ts';
import type { Origin, SeenVector, Seq } from '../../protocol/event/index.ts';

/** A log, and what its events have seen, as the device that came furthest knows it. */
interface SharedLog {
  /** Of its events, in order. */
  readonly ids: string[];
  readonly knowledge: LogKnowledge;
  /** What rises at events; most see nothing new. */
  readonly risen: Map<Seq, SeenVector>;
}

/**
 * What the events of logs have seen of each other follows from the events, so that devices that have taken the same
 * history of a log know the same of it, however far each has come. It is worked out and kept once for all of them.
 */
export class SharedKnowledge {
  readonly #logs = new Map<Origin, SharedLog>();

  /** For one device. */
  book(): KnowledgeBook {
    return new Book(this.#logs);
  }
}

/**
 * Where a device takes another history of a log than the others, or knows of a fork that makes less of a statement count,
 * it keeps what it knows of that log for itself from there on; so it does with logs that state to have seen such a one.
 */
class Book implements KnowledgeBook {
  readonly #shared: Map<Origin, SharedLog>;
  readonly #own = new OwnKnowledge();

  constructor(shared: Map<Origin, SharedLog>) {
    this.#shared = shared;
  }

  of(origin: Origin): LogKnowledge | undefined {
    return this.#own.of(origin) ?? this.#shared.get(origin)?.knowledge;
  }

  take(place: EventPlace, seen: SeenVector | undefined, causes: Causes): SeenVector | undefined {
    const { origin, seq, id } = place;
    if (this.#isAlone(origin)) return this.#own.take(place, seen, causes);
    const log = this.#shared.get(origin) ?? newLog();
    if (id === undefined || !isNext(log, seq, id) || !this.#isCommon(seen ?? {}, causes)) {
      this.#own.put(origin, log.knowledge.copy(seq - 1));
      return this.#own.take(place, seen, causes);
    }
    if (seq <= log.ids.length) return log.risen.get(seq);
    this.#shared.set(origin, log);
    log.ids.push(id);
    const risen = seen && log.knowledge.take(place, seen, causes);
    if (risen !== undefined) log.risen.set(seq, risen);
    return risen;
  }

  restore(origin: Origin, events: number): void {
    const log = this.#shared.get(origin);
    // Until a step says otherwise.
    if (log === undefined || !isSilent(log, events)) this.#own.restore(origin);
  }

  restoreStep(origin: Origin, seq: Seq, risen: SeenVector): void {
    if (!this.#isAlone(origin)) this.#own.restore(origin);
    this.#own.restoreStep(origin, seq, risen);
  }

  #isAlone(origin: Origin): boolean {
    return this.#own.of(origin) !== undefined;
  }

  /** Whether all that rises at an event follows from what is shared. */
  #isCommon(seen: SeenVector, { isCut }: Causes): boolean {
    return !isCut(seen) && !Object.keys(seen).some((name) => this.#isAlone(name as Origin));
  }
}

/** Whether an event is the next one of the history that is shared, or may become that. */
const isNext = ({ ids }: SharedLog, seq: Seq, id: string): boolean =>
  seq <= ids.length ? ids[seq - 1] === id : seq === ids.length + 1;

/** Whether nothing rises at the first events of a log, so that all histories in which that is so say the same of them. */
const isSilent = ({ ids, risen }: SharedLog, events: number): boolean => {
  const [first = Number.POSITIVE_INFINITY] = risen.keys();
  return events <= ids.length && events < first;
};

const newLog = (): SharedLog => ({ ids: [], knowledge: new LogKnowledge(), risen: new Map() });
