import type { StateRow, StateWrite } from './ports.ts';

type Rows = Map<string, StateRow | null>;

/**
 * The state store as it will be once every commit under way has completed. Rows are read from here first, so
 * that applying an event never waits for the disk.
 */
export class StateOverlay {
  readonly #read: (key: string) => StateRow | undefined;
  /** What no commit has taken yet; null for a row that is deleted. */
  #fresh: Rows = new Map();
  /** What is on its way to the store. */
  #underWay: Rows = new Map();
  /** Whether all rows but the fresh ones are thrown away. */
  #isReset = false;
  /** Whether the store is cleared before it gets what is on its way: what it holds until then does not exist. */
  #isClearing = false;

  /** @param read a row of the store, without waiting */
  constructor(read: (key: string) => StateRow | undefined) {
    this.#read = read;
  }

  /** A row; undefined when there is none. */
  get(key: string): StateRow | undefined {
    const fresh = this.#fresh.get(key);
    if (fresh !== undefined) return fresh ?? undefined;
    if (this.#isReset) return undefined;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay ?? undefined;
    return this.#isClearing ? undefined : this.#read(key);
  }

  /** Throws all rows away; the next take clears the store. */
  reset(): void {
    this.#fresh = new Map();
    this.#isReset = true;
  }

  /** Writes a row; null deletes it. */
  put(key: string, row: StateRow | null): void {
    this.#fresh.set(key, row);
  }

  /** Rows that are written since the last take. */
  get writes(): number {
    return this.#fresh.size;
  }

  /** Whether all rows were thrown away since the last take. */
  get isReset(): boolean {
    return this.#isReset;
  }

  /** Whether there is anything to take. */
  get hasWrites(): boolean {
    return this.#fresh.size > 0 || this.#isReset;
  }

  /** Takes the writes since the last call, for a commit; to be settled before the next one. */
  take(): { readonly writes: readonly StateWrite[]; readonly reset: boolean } {
    this.#underWay = this.#fresh;
    this.#isClearing = this.#isReset;
    this.#fresh = new Map();
    this.#isReset = false;
    return {
      writes: Array.from(this.#underWay, ([key, row]) => ({ key, row })),
      reset: this.#isClearing,
    };
  }

  /** What was taken is in the store. */
  settle(): void {
    this.#underWay = new Map();
    this.#isClearing = false;
  }
}
