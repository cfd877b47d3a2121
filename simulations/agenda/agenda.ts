import type { Thread } from './thread.ts';
import type { Ties } from './tie-policy.ts';
import { FIFO } from './ties.ts';

/** What happens at a time. */
export type Happening = () => void | Promise<void>;

/** Entries that there is room for at first; doubled when they are full. */
const ROOM_AT_FIRST = 1024;

/**
 * Everything that is still to happen, by virtual time in microseconds. What happens at the same time happens in the
 * order of its rank, then of the times at which it was due, and then in the order in which it was put down.
 *
 * A binary heap over typed arrays: an entry is a slot, and the heap moves slot numbers alone.
 */
export class Agenda {
  #heap = new Uint32Array(ROOM_AT_FIRST);
  #times = new Float64Array(ROOM_AT_FIRST);
  #ranks = new Uint32Array(ROOM_AT_FIRST);
  #dues = new Float64Array(ROOM_AT_FIRST);
  #orders = new Float64Array(ROOM_AT_FIRST);
  #happenings: (Happening | undefined)[] = [];
  #free: number[] = [];
  #size = 0;
  #order = 0;
  #nowUs = 0;
  readonly #ties: Ties;

  constructor(ties: Ties = FIFO) {
    this.#ties = ties;
  }

  /** Time of what happened last, in virtual microseconds. */
  get nowUs(): number {
    return this.#nowUs;
  }

  get size(): number {
    return this.#size;
  }

  /** When the next thing happens; undefined when there is none. */
  get nextUs(): number | undefined {
    return this.#size === 0 ? undefined : this.#times[this.#heap[0] ?? 0];
  }

  /**
   * @param thread what it comes from, if it is more than the world that it belongs to
   * @throws RangeError when the time is past, or is none
   */
  at(timeUs: number, happening: Happening, thread?: Thread): void {
    if (!Number.isSafeInteger(timeUs) || timeUs < this.#nowUs) {
      throw new RangeError(`${timeUs} is no time from ${this.#nowUs} on`);
    }
    const slot = this.#slot();
    this.#times[slot] = this.#ties.happensUs(timeUs, thread);
    this.#dues[slot] = timeUs;
    this.#ranks[slot] = this.#ties.rank(thread, this.#nowUs);
    this.#orders[slot] = this.#order;
    this.#order += 1;
    this.#happenings[slot] = happening;
    this.#heap[this.#size] = slot;
    this.#size += 1;
    this.#rise(this.#size - 1);
  }

  after(delayUs: number, happening: Happening, thread?: Thread): void {
    this.at(this.#nowUs + delayUs, happening, thread);
  }

  /** Takes the next entry, and with it the time on to its own; undefined when there is none. */
  next(): Happening | undefined {
    if (this.#size === 0) return undefined;
    const slot = this.#heap[0] ?? 0;
    const happening = this.#happenings[slot];
    this.#nowUs = this.#times[slot] ?? 0;
    this.#happenings[slot] = undefined;
    this.#free.push(slot);
    this.#size -= 1;
    this.#heap[0] = this.#heap[this.#size] ?? 0;
    this.#sink();
    return happening;
  }

  #slot(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#size === this.#heap.length) this.#grow();
    return this.#size;
  }

  #grow(): void {
    const room = 2 * this.#heap.length;
    const grown = <Kind extends Uint32Array | Float64Array>(into: Kind, from: Kind): Kind => {
      into.set(from);
      return into;
    };
    this.#heap = grown(new Uint32Array(room), this.#heap);
    this.#times = grown(new Float64Array(room), this.#times);
    this.#ranks = grown(new Uint32Array(room), this.#ranks);
    this.#dues = grown(new Float64Array(room), this.#dues);
    this.#orders = grown(new Float64Array(room), this.#orders);
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let first = at;
      if (left < this.#size && this.#isBefore(left, first)) first = left;
      if (right < this.#size && this.#isBefore(right, first)) first = right;
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a] ?? 0, this.#heap[b] ?? 0];
    const byTime = (this.#times[first] ?? 0) - (this.#times[second] ?? 0);
    if (byTime !== 0) return byTime < 0;
    const byRank = (this.#ranks[first] ?? 0) - (this.#ranks[second] ?? 0);
    if (byRank !== 0) return byRank < 0;
    const byDue = (this.#dues[first] ?? 0) - (this.#dues[second] ?? 0);
    if (byDue !== 0) return byDue < 0;
    return (this.#orders[first] ?? 0) < (this.#orders[second] ?? 0);
  }

  #swap(a: number, b: number): void {
    const slot = this.#heap[a] ?? 0;
    this.#heap[a] = this.#heap[b] ?? 0;
    this.#heap[b] = slot;
  }
}
