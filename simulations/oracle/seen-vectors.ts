import type { PlacedEvent } from '../../protocol/event/index.ts';
import type { SeqByLog } from './naive-fold.ts';

const NOTHING = new Uint32Array(0);

/**
 * What each event of a history has seen of every log, as one vector for each: made once, in an order in which
 * causes come first. Events that state nothing new share the vector of the one before.
 */
export class SeenVectors {
  readonly #forks: SeqByLog;
  readonly #hasForks: boolean;
  readonly #numbers = new Map<string, number>();
  /** For each log, by number, the vectors of its events. What a vector says of its own log is not looked at. */
  readonly #vectors: Uint32Array[][] = [];

  /** @param forks for each forked log, the seq from which on it does not exist */
  constructor(forks: SeqByLog = {}) {
    this.#forks = forks;
    this.#hasForks = Object.keys(forks).length > 0;
  }

  /** How many events of a log there are. */
  length(log: string): number {
    return this.#vectors[this.#numbers.get(log) ?? -1]?.length ?? 0;
  }

  /** What an event states, as far as that exists. */
  stated({ seen = {} }: PlacedEvent): readonly (readonly [log: string, seq: number])[] {
    const stated = Object.entries(seen);
    if (!this.#hasForks) return stated;
    return stated
      .map(([log, seq]) => [log, Math.min(seq, (this.#forks[log] ?? seq + 1) - 1)] as const)
      .filter(([, seq]) => seq > 0);
  }

  /** The next event of its log; all that it has seen is here. */
  add(event: PlacedEvent): void {
    const own = this.#listOf(event.origin);
    if (event.seq !== own.length + 1) throw new Error(`${event.origin} ${event.seq} is not the next`);
    const before = own.at(-1) ?? NOTHING;
    const stated = this.stated(event);
    if (stated.length === 0) {
      own.push(before);
      return;
    }
    const next = new Uint32Array(this.#vectors.length);
    next.set(before);
    for (const [log, seq] of stated) {
      const number = this.#numbers.get(log) ?? -1;
      const vector = this.#vectors[number]?.[seq - 1];
      if (vector === undefined) throw new Error(`the set lacks ${log} ${seq}`);
      for (let i = 0; i < vector.length; i += 1) {
        const theirs = vector[i] ?? 0;
        if (theirs > (next[i] ?? 0)) next[i] = theirs;
      }
      if (seq > (next[number] ?? 0)) next[number] = seq;
    }
    own.push(next);
  }

  /** The highest seq of a log that an event has seen; in its own log, of those before it. */
  seenOf({ origin, seq }: PlacedEvent, log: string): number {
    if (origin === log) return seq - 1;
    const vector = this.#vectors[this.#numbers.get(origin) ?? -1]?.[seq - 1];
    return vector?.[this.#numbers.get(log) ?? -1] ?? 0;
  }

  /** Whether an event has seen another; none has seen itself. */
  sees(event: PlacedEvent, other: PlacedEvent): boolean {
    return this.seenOf(event, other.origin) >= other.seq;
  }

  #listOf(log: string): Uint32Array[] {
    const number = this.#numbers.get(log) ?? this.#vectors.length;
    const list = this.#vectors[number] ?? [];
    this.#numbers.set(log, number);
    this.#vectors[number] = list;
    return list;
  }
}
