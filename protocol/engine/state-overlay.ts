import type { StateRow, StateWrite } from './ports.ts';

/** A written row and the generation of its last write. */
interface Written {
  row: StateRow | null;
  generation: number;
}

/**
 * The state store as it will be once every commit under way has completed. Rows are read from here first, so
 * that applying an event never waits for the disk.
 */
export class StateOverlay {
  readonly #read: (key: string) => StateRow | undefined;
  readonly #written = new Map<string, Written>();
  /** Keys written in this generation. */
  #dirty: string[] = [];
  #generation = 0;
  /** The generation that begins with an empty store; what the store holds until then does not exist. */
  #reset: number | undefined;

  /** @param read a row of the store, without waiting */
  constructor(read: (key: string) => StateRow | undefined) {
    this.#read = read;
  }

  /** A row; undefined when there is none. */
  get(key: string): StateRow | undefined {
    const written = this.#written.get(key);
    if (written !== undefined) return written.row ?? undefined;
    return this.#reset === undefined ? this.#read(key) : undefined;
  }

  /** Throws all rows away; the next commit clears the store. */
  reset(): void {
    this.#written.clear();
    this.#dirty = [];
    this.#reset = this.#generation;
  }

  /** Writes a row; null deletes it. */
  put(key: string, row: StateRow | null): void {
    const written = this.#written.get(key);
    if (written?.generation !== this.#generation) this.#dirty.push(key);
    if (written === undefined) {
      this.#written.set(key, { row, generation: this.#generation });
      return;
    }
    written.row = row;
    written.generation = this.#generation;
  }

  /** Whether there is anything to take. */
  get hasWrites(): boolean {
    return this.#dirty.length > 0 || this.#reset === this.#generation;
  }

  /** Takes the writes since the last call, for a commit; the result is settled once that commit has completed. */
  take(): { readonly writes: readonly StateWrite[]; readonly generation: number; readonly reset: boolean } {
    const reset = this.#reset === this.#generation;
    const writes = this.#dirty.map((key) => ({ key, row: this.#written.get(key)?.row ?? null }));
    this.#dirty = [];
    this.#generation += 1;
    return { writes, generation: this.#generation - 1, reset };
  }

  /** Forgets what is in the store now: every row last written up to a generation. */
  settle(generation: number): void {
    if (this.#reset !== undefined && this.#reset <= generation) this.#reset = undefined;
    for (const [key, written] of this.#written) {
      if (written.generation <= generation) this.#written.delete(key);
    }
  }
}
