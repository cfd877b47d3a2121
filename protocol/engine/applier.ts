import type { CausalIndex } from '../causality/index.ts';
import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';

/** Events of one log that are held in memory to be applied at most: a segment's worth. */
const BACKLOG_EVENTS_MAX = 1024;

/** A log with events that are stored and not applied. */
interface Backlog {
  /** The next events to apply, in order, without a gap; may be fewer than are stored. */
  events: PlacedEvent[];
  /** Length of the log as stored: what is still on its way to the store cannot be read back yet. */
  length: Seq;
  /** Whether records have been asked for; `failed` when the next one cannot be read. */
  reading: 'no' | 'under way' | 'failed';
}

/** A log that waits, and for what. */
export interface WaitingPlace {
  readonly place: Place;
  readonly waitsFor: Place;
}

/** What the applier needs from the engine. */
export interface ApplierHost {
  /** Applies a ready event. */
  apply(event: PlacedEvent): void;
  /** Reads stored records from a place on; they come back through {@link Applier.offer}. */
  read(origin: Origin, firstSeq: Seq, count: number): void;
}

/**
 * Applies events as soon as they are ready, whatever the order in which they come. A log whose next event is
 * not ready waits for one place; when that is applied, the log goes on. Memory is bounded: a waiting log keeps
 * at most {@link BACKLOG_EVENTS_MAX} events, the rest is read from the store when its turn comes.
 */
export class Applier {
  readonly #causality: CausalIndex;
  readonly #host: ApplierHost;
  readonly #backlogs = new Map<Origin, Backlog>();
  /** For each log that is waited for, the logs that wait for it. */
  readonly #waiters = new Map<Origin, Set<Origin>>();
  readonly #waiting = new Map<Origin, WaitingPlace>();

  constructor(causality: CausalIndex, host: ApplierHost) {
    this.#causality = causality;
    this.#host = host;
  }

  /** Logs that wait, and for what. */
  waiting(): Iterable<WaitingPlace> {
    return this.#waiting.values();
  }

  /** Notes the length of a stored log, of which a part may not be applied yet. */
  note(origin: Origin, length: Seq): void {
    if (length > this.#causality.applied(origin)) this.#backlog(origin).length = length;
  }

  /** Takes up a log of which more is stored now. */
  stored(origin: Origin, length: Seq): void {
    this.note(origin, length);
    this.#drain([origin]);
  }

  /** Takes up every log that has something to apply. */
  resume(): void {
    this.#drain([...this.#backlogs.keys()]);
  }

  /** Takes verified events of one log, in order. */
  offer(origin: Origin, events: readonly PlacedEvent[]): void {
    const backlog = this.#backlog(origin);
    for (const event of events) {
      const nextSeq = backlog.events.at(-1)?.seq ?? this.#causality.applied(origin);
      if (event.seq === nextSeq + 1 && backlog.events.length < BACKLOG_EVENTS_MAX) backlog.events.push(event);
    }
    this.#drain([origin]);
  }

  /**
   * Takes what a `read` asked for. A read that brings nothing means that the stored record cannot be read: the
   * log then waits for that very place until the store is repaired.
   */
  offerRead(origin: Origin, events: readonly PlacedEvent[]): void {
    const backlog = this.#backlog(origin);
    if (events.length === 0) {
      const place = { origin, seq: this.#causality.applied(origin) + 1 };
      this.#waiting.set(origin, { place, waitsFor: place });
      backlog.reading = 'failed';
    } else {
      backlog.reading = 'no';
      this.offer(origin, events);
    }
  }

  #drain(origins: Origin[]): void {
    for (let origin = origins.pop(); origin !== undefined; origin = origins.pop()) {
      if (this.#advance(origin)) origins.push(...this.#woken(origin));
    }
  }

  /** Applies what is ready of one log; true if anything was. */
  #advance(origin: Origin): boolean {
    const backlog = this.#backlogs.get(origin);
    if (backlog === undefined) return false;
    let count = 0;
    for (const event of backlog.events) {
      const missing = this.#causality.missing(event, event.seen);
      if (missing !== undefined) {
        this.#wait(event, missing);
        break;
      }
      this.#host.apply(event);
      count += 1;
    }
    backlog.events.splice(0, count);
    if (backlog.events.length > 0 || backlog.reading === 'failed') return count > 0;
    this.#waiting.delete(origin);
    const applied = this.#causality.applied(origin);
    if (applied >= backlog.length) this.#backlogs.delete(origin);
    else if (backlog.reading === 'no') {
      backlog.reading = 'under way';
      this.#host.read(origin, applied + 1, Math.min(backlog.length - applied, BACKLOG_EVENTS_MAX));
    }
    return count > 0;
  }

  #wait({ origin, seq }: PlacedEvent, waitsFor: Place): void {
    this.#waiting.set(origin, { place: { origin, seq }, waitsFor });
    const waiters = this.#waiters.get(waitsFor.origin) ?? new Set();
    this.#waiters.set(waitsFor.origin, waiters.add(origin));
  }

  /** Logs whose wait for a log is over. */
  #woken(origin: Origin): readonly Origin[] {
    const waiters = this.#waiters.get(origin);
    if (waiters === undefined) return [];
    const applied = this.#causality.applied(origin);
    const woken = [...waiters].filter((waiter) => {
      const waiting = this.#waiting.get(waiter);
      return waiting?.waitsFor.origin !== origin || waiting.waitsFor.seq <= applied;
    });
    for (const waiter of woken) waiters.delete(waiter);
    if (waiters.size === 0) this.#waiters.delete(origin);
    return woken;
  }

  #backlog(origin: Origin): Backlog {
    const backlog = this.#backlogs.get(origin) ?? {
      events: [],
      length: this.#causality.applied(origin),
      reading: 'no',
    };
    this.#backlogs.set(origin, backlog);
    return backlog;
  }
}
