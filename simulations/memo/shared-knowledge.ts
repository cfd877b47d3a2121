import { isEmpty, type KnowledgeBook, LogKnowledge, type Statement } from '../../protocol/causality/index.ts';
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
  readonly #own = new Map<Origin, LogKnowledge>();

  constructor(shared: Map<Origin, SharedLog>) {
    this.#shared = shared;
  }

  of(origin: Origin): LogKnowledge | undefined {
    return this.#own.get(origin) ?? this.#shared.get(origin)?.knowledge;
  }

  take(statement: Statement): SeenVector | undefined {
    const { origin, seq, id } = statement.place;
    const log = this.#shared.get(origin) ?? newLog();
    if (id === undefined || !this.#follows(log, statement)) return this.#takeAlone(log, statement);
    if (seq <= log.ids.length) return log.risen.get(seq);
    this.#shared.set(origin, log);
    log.ids.push(id);
    const risen = statement.seen && statement.risen();
    if (risen === undefined || isEmpty(risen)) return undefined;
    log.knowledge.add(seq, risen);
    log.risen.set(seq, risen);
    return risen;
  }

  restore(origin: Origin): void {
    this.#own.set(origin, new LogKnowledge());
  }

  restoreStep(origin: Origin, seq: Seq, risen: SeenVector): void {
    this.#own.get(origin)?.add(seq, risen);
  }

  /** Whether an event is the next one of the history that is shared, or may become that, and all that it follows from is. */
  #follows({ ids }: SharedLog, { place: { origin, seq, id }, seen = {}, isCut }: Statement): boolean {
    if (this.#own.has(origin)) return false;
    const isNext = seq <= ids.length ? ids[seq - 1] === id : seq === ids.length + 1;
    return isNext && !isCut() && !Object.keys(seen).some((name) => this.#own.has(name as Origin));
  }

  #takeAlone(
    { knowledge }: SharedLog,
    { place: { origin, seq }, seen, risen }: Statement,
  ): SeenVector | undefined {
    const own = this.#own.get(origin) ?? knowledge.copy(seq - 1);
    this.#own.set(origin, own);
    if (seen === undefined) return undefined;
    const rises = risen();
    if (isEmpty(rises)) return undefined;
    own.add(seq, rises);
    return rises;
  }
}

const newLog = (): SharedLog => ({ ids: [], knowledge: new LogKnowledge(), risen: new Map() });
