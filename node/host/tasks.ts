/** Work that is under way, side by side; some of it with the stores to itself. */
export class Tasks {
  readonly #running = new Set<Promise<void>>();
  readonly #failed: (error: Error) => void;
  /** Resolves when whoever has the stores to itself is done. */
  #turn: Promise<void> = Promise.resolve();

  /** @param failed is told of a task that has failed; the others go on */
  constructor(failed: (error: Error) => void) {
    this.#failed = failed;
  }

  run(task: () => Promise<void>): void {
    const running = task()
      .catch(this.#failed)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Does something while nobody else does it this way, in the order in which that was asked for. */
  async exclusively<T>(task: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    const turn = Promise.withResolvers<void>();
    this.#turn = turn.promise;
    await before;
    try {
      return await task();
    } finally {
      turn.resolve();
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
