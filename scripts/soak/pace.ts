/** Lets actors take turns, and makes all of them rest when a calm is asked for. */
export class Pace {
  readonly #over: AbortSignal;
  #wake = new AbortController();
  #calm: PromiseWithResolvers<void> | undefined;
  #active = 0;
  #idle: (() => void) | undefined;

  /** @param over aborts when the whole run ends */
  constructor(over: AbortSignal) {
    this.#over = over;
    over.addEventListener('abort', () => this.#wake.abort(), { once: true });
  }

  get isOver(): boolean {
    return this.#over.aborted;
  }

  /** Waits; shorter when a calm begins or the run ends meanwhile. */
  pause(ms: number): Promise<void> {
    const { signal } = this.#wake;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, signal.aborted ? 0 : ms);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Takes a turn, after the calm if there is one. */
  async turn(run: () => Promise<void>): Promise<void> {
    while (this.#calm !== undefined) await this.#calm.promise;
    if (this.isOver) return;
    this.#active += 1;
    try {
      await run();
    } finally {
      this.#active -= 1;
      if (this.#active === 0) this.#idle?.();
    }
  }

  /** Lets every turn under way come to its end, keeps everybody from a new one, and does something in the calm. */
  async calm(run: () => Promise<void>): Promise<void> {
    this.#calm = Promise.withResolvers();
    this.#wake.abort();
    try {
      if (this.#active > 0) {
        await new Promise<void>((resolve) => {
          this.#idle = resolve;
        });
      }
      await run();
    } finally {
      this.#idle = undefined;
      if (!this.isOver) this.#wake = new AbortController();
      this.#calm.resolve();
      this.#calm = undefined;
    }
  }
}
