import type { Origin, PlacedEvent, Seq } from '../event/index.ts';
import { ENGINE_LIMITS } from './limits.ts';

/** An event as it was read from its record. */
export interface StoredEvent {
  readonly event: PlacedEvent;
  /** Bytes of the record. */
  readonly bytes: number;
}

/** What one log has that is stored, or on its way to the store, and not applied. */
interface Backlog {
  /** The next events to apply, in order, without a gap; may be fewer than are stored. */
  events: StoredEvent[];
  /** Length of the log as stored: what is still on its way to the store cannot be read back yet. */
  length: Seq;
}

/**
 * The events that wait to be applied, log by log, within bounds for all logs together. When these are exceeded,
 * the logs that have rested longest give up what they keep in memory; it is in the store.
 */
export class Backlogs {
  /** Those that were touched last come last. */
  readonly #logs = new Map<Origin, Backlog>();
  #events = 0;
  #bytes = 0;

  /** Logs that have something, in no particular order. */
  origins(): Iterable<Origin> {
    return this.#logs.keys();
  }

  has(origin: Origin): boolean {
    return this.#logs.has(origin);
  }

  /** The next event of a log that is in memory. */
  first(origin: Origin): PlacedEvent | undefined {
    return this.#logs.get(origin)?.events[0]?.event;
  }

  /** How many events of a log are in memory. */
  loaded(origin: Origin): number {
    return this.#logs.get(origin)?.events.length ?? 0;
  }

  /** How far a log is known to be stored. */
  length(origin: Origin): Seq {
    return this.#logs.get(origin)?.length ?? 0;
  }

  /** Notes that a log is stored up to a seq that is not applied yet. */
  stored(origin: Origin, length: Seq): void {
    const backlog = this.#touch(origin);
    backlog.length = Math.max(backlog.length, length);
  }

  /** Adds the events that continue what is there; others are of no use. */
  add(origin: Origin, applied: Seq, events: readonly StoredEvent[]): void {
    const backlog = this.#touch(origin);
    for (const stored of events) {
      const last = backlog.events.at(-1)?.event.seq ?? applied;
      if (stored.event.seq === last + 1) this.#push(backlog, stored);
    }
    this.#forgetIfDone(origin, applied);
  }

  /** Takes the first event of a log off, because it is applied now. */
  shift(origin: Origin): void {
    const backlog = this.#logs.get(origin);
    const first = backlog?.events.shift();
    if (first === undefined) return;
    this.#events -= 1;
    this.#bytes -= first.bytes;
    this.#forgetIfDone(origin, first.event.seq);
  }

  /** Forgets a log. */
  drop(origin: Origin): void {
    this.#unload(origin);
    this.#logs.delete(origin);
  }

  /** Keeps to the bounds. */
  trim(): void {
    for (const [origin, { events, length }] of this.#logs) {
      if (this.#events <= ENGINE_LIMITS.backlogEventsMax && this.#bytes <= ENGINE_LIMITS.backlogBytesMax)
        return;
      this.#unload(origin);
      // What is not stored yet comes to be noted when it is.
      if (length < (events[0]?.event.seq ?? 0)) this.#logs.delete(origin);
    }
  }

  #touch(origin: Origin): Backlog {
    const backlog = this.#logs.get(origin) ?? { events: [], length: 0 };
    this.#logs.delete(origin);
    this.#logs.set(origin, backlog);
    return backlog;
  }

  #push(backlog: Backlog, stored: StoredEvent): void {
    backlog.events.push(stored);
    this.#events += 1;
    this.#bytes += stored.bytes;
  }

  #unload(origin: Origin): void {
    const backlog = this.#logs.get(origin);
    if (backlog === undefined) return;
    for (const { bytes } of backlog.events) this.#bytes -= bytes;
    this.#events -= backlog.events.length;
    backlog.events = [];
  }

  #forgetIfDone(origin: Origin, applied: Seq): void {
    const backlog = this.#logs.get(origin);
    if (backlog?.events.length === 0 && backlog.length <= applied) this.#logs.delete(origin);
  }
}
