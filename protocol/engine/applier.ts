import type { CausalIndex } from '../causality/index.ts';
import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { Backlogs, type StoredEvent } from './backlogs.ts';
import { ENGINE_LIMITS } from './limits.ts';

/** Why a log waits for its own next event and not for that of another log. */
export type WaitingReason = 'unknown_device' | 'damaged';

/** A log that waits, and for what. */
export interface WaitingPlace {
  readonly place: Place;
  readonly waitsFor: Place;
  /** Set when the log waits for no event: then `waitsFor` is the place itself. */
  readonly reason?: WaitingReason;
}

/** What the applier needs from the engine. */
export interface ApplierHost {
  /** Whether the device of a log is known as one that may write, or might have been: others' logs wait. */
  isKnown(origin: Origin): boolean;
  /** Applies a ready event. */
  apply(event: PlacedEvent): void;
  /** Whether more may be read now. When that changes, {@link Applier.read} is to be called. */
  mayRead(): boolean;
  /** Reads stored records from a place on; they come back through {@link Applier.offerRead}. */
  read(origin: Origin, firstSeq: Seq): void;
}

/**
 * Applies events as soon as they are ready, whatever the order in which they come. A log whose next event is
 * not ready waits for one place; when that is applied, the log goes on. Memory is bounded: of the events that
 * wait only so many are kept, the rest is read from the store when its turn comes. So is the time that one call
 * takes: of what is ready so many are applied at once, and the rest when it is {@link Applier.goOn called for}.
 */
export class Applier {
  readonly #causality: CausalIndex;
  readonly #host: ApplierHost;
  readonly #backlogs: Backlogs;
  /** For each log that is waited for, the logs that wait for it. */
  readonly #waiters = new Map<Origin, Set<Origin>>();
  readonly #waiting = new Map<Origin, WaitingPlace>();
  /** Logs whose next events have to be read, in the order in which they came to that. */
  readonly #due = new Set<Origin>();
  /** For each log that is being read, from where. */
  readonly #reading = new Map<Origin, Seq>();
  /** Logs of which the next record cannot be read. */
  readonly #damaged = new Set<Origin>();
  /** Logs that are to be gone on with, the next one last. */
  #rest: Origin[] = [];
  #isReconsidering = false;

  constructor(causality: CausalIndex, host: ApplierHost) {
    this.#causality = causality;
    this.#host = host;
    this.#backlogs = new Backlogs();
  }

  /** Logs that wait, and for what. */
  waiting(): Iterable<WaitingPlace> {
    return this.#waiting.values();
  }

  /** Whether nothing more can be applied of what is stored: no read is under way or due, and no log left off. */
  get isIdle(): boolean {
    return this.#due.size === 0 && this.#reading.size === 0 && !this.isPaused;
  }

  /** Whether more is ready than was to be applied at once; {@link goOn} is to be called soon. */
  get isPaused(): boolean {
    return this.#rest.length > 0;
  }

  /** Whether so much of that is in memory that no more should come. */
  get isBehind(): boolean {
    const counted = new Set<Origin>();
    let events = 0;
    for (const origin of this.#rest) {
      if (!counted.has(origin)) events += this.#backlogs.loaded(origin);
      counted.add(origin);
      if (events > ENGINE_LIMITS.unappliedMax) return true;
    }
    return false;
  }

  /** Notes the length of a stored log, of which a part may not be applied yet. */
  note(origin: Origin, length: Seq): void {
    if (length > this.#causality.applied(origin)) this.#backlogs.stored(origin, length);
  }

  /** Takes up a log of which more is stored now. */
  stored(origin: Origin, length: Seq): void {
    this.note(origin, length);
    this.#drain([origin]);
  }

  /** Takes up every log that has something to apply. */
  resume(): void {
    this.#rest = [];
    this.#drain([...this.#backlogs.origins()]);
  }

  /** Applies more of what is ready. */
  goOn(): void {
    this.#drain(this.#rest.splice(0));
  }

  /** Takes verified events of one log, in order. Many of them wait: to verify them has taken its time already. */
  offer(origin: Origin, events: readonly StoredEvent[]): void {
    this.#backlogs.add(origin, this.#causality.applied(origin), events);
    if (events.length <= ENGINE_LIMITS.appliedAtOnceMax) this.#drain([origin]);
    else if (!this.#rest.includes(origin)) this.#rest.push(origin);
    this.#backlogs.trim();
  }

  /**
   * Takes what a read brought. One that brings nothing means that the stored record cannot be read: the log then
   * waits for that very place until the store is repaired.
   */
  offerRead(origin: Origin, firstSeq: Seq, events: readonly StoredEvent[]): void {
    // The answer to a read of an applier before this one.
    if (this.#reading.get(origin) !== firstSeq) return;
    this.#reading.delete(origin);
    const next = this.#causality.applied(origin) + 1;
    if (events.length === 0 && firstSeq === next) this.#damaged.add(origin);
    this.offer(origin, events);
  }

  /** Looks at logs again whose device was not known; to be called while an event is applied. */
  reconsider(): void {
    this.#isReconsidering = true;
  }

  /** A store that was repaired holds what could not be read before. */
  repaired(origin: Origin): void {
    if (this.#damaged.delete(origin)) this.#drain([origin]);
  }

  /** Applies what is ready of logs, and of those that wait for them, as much of it as is applied at once. */
  #drain(origins: Origin[]): void {
    let left: number = ENGINE_LIMITS.appliedAtOnceMax;
    for (let origin = origins.pop(); origin !== undefined; origin = origins.pop()) {
      const applied = this.#advance(origin, left);
      left -= applied;
      if (left === 0 && this.#backlogs.first(origin) !== undefined) origins.push(origin);
      if (applied > 0) origins.push(...this.#woken(origin));
      if (this.#isReconsidering) origins.push(...this.#unknown());
      this.#isReconsidering = false;
      if (left === 0) break;
    }
    this.#rest.push(...origins);
    this.read();
  }

  #unknown(): readonly Origin[] {
    const waiting = [...this.#waiting.values()];
    return waiting.filter(({ reason }) => reason === 'unknown_device').map(({ place }) => place.origin);
  }

  /** Applies what is ready of one log, up to so many events; gives how many it was. */
  #advance(origin: Origin, limit: number): number {
    let count = 0;
    for (let event = this.#next(origin); event !== undefined && count < limit; event = this.#next(origin)) {
      const missing = this.#causality.missing(event, event.seen);
      if (missing !== undefined) {
        this.#wait({ place: placeOf(event), waitsFor: missing });
        break;
      }
      this.#backlogs.shift(origin);
      this.#host.apply(event);
      count += 1;
    }
    return count;
  }

  /** The next event of a log that is in memory; if there is none, notes what the log comes to instead. */
  #next(origin: Origin): PlacedEvent | undefined {
    const place = { origin, seq: this.#causality.applied(origin) + 1 };
    if (this.#causality.isCutOff(place)) this.#backlogs.drop(origin);
    if (!this.#backlogs.has(origin)) this.#waiting.delete(origin);
    else if (!this.#host.isKnown(origin)) {
      this.#wait({ place, waitsFor: place, reason: 'unknown_device' });
    } else {
      const event = this.#backlogs.first(origin);
      if (event !== undefined) return event;
      if (this.#damaged.has(origin)) this.#wait({ place, waitsFor: place, reason: 'damaged' });
      else if (!this.#isStillWaiting(place)) {
        this.#waiting.delete(origin);
        if (!this.#reading.has(origin) && this.#backlogs.length(origin) >= place.seq) this.#due.add(origin);
      }
    }
    return undefined;
  }

  /** Whether a place waits, as is known without looking at its event again. */
  #isStillWaiting({ origin, seq }: Place): boolean {
    const waiting = this.#waiting.get(origin);
    if (waiting === undefined || waiting.reason !== undefined || waiting.place.seq !== seq) return false;
    const { waitsFor } = waiting;
    return this.#causality.applied(waitsFor.origin) < waitsFor.seq && !this.#causality.isCutOff(waitsFor);
  }

  /** Begins reads that are due, as long as more may be read. */
  read(): void {
    for (const origin of this.#due) {
      if (this.isPaused || !this.#host.mayRead()) return;
      this.#due.delete(origin);
      // What was to be read may have come by itself.
      if (this.#backlogs.first(origin) !== undefined || !this.#backlogs.has(origin)) continue;
      const firstSeq = this.#causality.applied(origin) + 1;
      this.#reading.set(origin, firstSeq);
      this.#host.read(origin, firstSeq);
    }
  }

  #wait(waiting: WaitingPlace): void {
    const { place, waitsFor, reason } = waiting;
    this.#waiting.set(place.origin, waiting);
    if (reason !== undefined) return;
    const waiters = this.#waiters.get(waitsFor.origin) ?? new Set();
    this.#waiters.set(waitsFor.origin, waiters.add(place.origin));
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
}

const placeOf = ({ origin, seq }: Place): Place => ({ origin, seq });
