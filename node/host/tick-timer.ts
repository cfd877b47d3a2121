/** Calls back at one time, which can be set anew. It keeps no process alive. */
export class TickTimer {
  readonly #nowMs: () => number;
  readonly #tick: () => void;
  #cancel: () => void = () => undefined;

  /** @param nowMs ms since 1970 */
  constructor(nowMs: () => number, tick: () => void) {
    this.#nowMs = nowMs;
    this.#tick = tick;
  }

  /** @param atMs when to call back, in ms since 1970, in place of the time that was set before */
  set(atMs: number): void {
    this.cancel();
    const waitMs = atMs - this.#nowMs();
    if (waitMs > 0) {
      const timer = setTimeout(this.#tick, waitMs).unref();
      this.#cancel = () => clearTimeout(timer);
    } else {
      // A timer would wait for a millisecond at least; this lets everything else have its turn, and goes on.
      const immediate = setImmediate(this.#tick);
      this.#cancel = () => clearImmediate(immediate);
    }
  }

  cancel(): void {
    this.#cancel();
  }
}
