import { type Lanes, mixAll } from './lanes.ts';

/** Places for states. What comes to a place that is taken replaces it: a run has too many to keep them all. */
const SLOTS = 1 << 18;

/**
 * What was seen in which state, so that the next one that comes to the same state can be held to it. It forgets:
 * that a state is not there says nothing.
 */
export class SeenStates {
  readonly #a = new Int32Array(SLOTS);
  readonly #b = new Int32Array(SLOTS);
  readonly #values = new Float64Array(SLOTS);
  readonly #devices = new Int32Array(SLOTS).fill(-1);

  /**
   * Notes what a device shows in a state.
   * @returns the device that has shown something else in it; undefined if none has
   */
  note({ a, b }: Lanes, value: number, device: number): number | undefined {
    const slot = mixAll([a, b]) & (SLOTS - 1);
    if (this.#a[slot] === a && this.#b[slot] === b && (this.#devices[slot] ?? -1) >= 0) {
      return this.#values[slot] === value ? undefined : this.#devices[slot];
    }
    this.#a[slot] = a;
    this.#b[slot] = b;
    this.#values[slot] = value;
    this.#devices[slot] = device;
    return undefined;
  }
}
