/** Conditions that somebody waits for, looked at after everything that happens. */
export class Conditions {
  readonly #looks = new Set<() => void>();
  readonly #failure: () => Error | undefined;

  /** @param failure why nothing happens any more; undefined while something may */
  constructor(failure: () => Error | undefined) {
    this.#failure = failure;
  }

  /** Resolves as soon as a condition holds. Rejects when the signal aborts, or when nothing happens any more. */
  until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const failure = this.#failure();
        if (signal.aborted) reject(signal.reason);
        else if (holds()) resolve();
        else if (failure !== undefined) reject(failure);
        else return;
        this.#looks.delete(look);
        signal.removeEventListener('abort', look);
      };
      this.#looks.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  /** Something has happened. */
  look(): void {
    for (const look of this.#looks) look();
  }
}
