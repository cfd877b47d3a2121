import type { StateRow, StateWrite } from '../../protocol/engine/index.ts';

/** Rows of one write that do not wait: so many are worth a write of their own. */
const MANY = 256;

/** Rows that may wait; whoever writes more of them waits for the store. */
const ROWS_MAX = 1_024;

/** How long a row waits for others, in ms. */
const DELAY_MS = 100;

/** Rows by their keys; null for one that is deleted. */
type Rows = Map<string, StateRow | null>;

/**
 * Rows that are written, and can be read, but wait for more to be stored with them: most appends write some of the
 * rows that the one before them wrote, and a write of its own for each keeps its caller waiting (docs/decisions/0053).
 *
 * Rows are stored in the order in which they were written, all that wait together: what is stored is always the state as
 * it was after one of the writes.
 */
export class WaitingRows {
  readonly #store: (writes: readonly StateWrite[]) => Promise<void>;
  readonly #failed: (error: Error) => void;
  #waiting: Rows = new Map();
  /** What has waited and is on its way to the store, the oldest rows first. */
  readonly #underWay: Rows[] = [];
  /** Ends when nothing is on its way. */
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param store stores rows, all or none; one that has failed is not asked again
   * @param failed is told when it fails while nobody waits for it
   */
  constructor(store: (writes: readonly StateWrite[]) => Promise<void>, failed: (error: Error) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  /** The row; null when it is deleted; undefined when nothing waits for the key. */
  get(key: string): StateRow | null | undefined {
    const row = this.#waiting.get(key);
    return row === undefined ? this.#underWay.findLast((rows) => rows.has(key))?.get(key) : row;
  }

  /**
   * Resolves when the rows can be read.
   * @throws what the store has thrown, now or before
   */
  async write(writes: readonly StateWrite[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (writes.length >= MANY) {
      await Promise.all([this.flush(), this.#inTurn(() => this.#store(writes))]);
      return;
    }
    for (const { key, row } of writes) this.#waiting.set(key, row);
    if (this.#waiting.size >= ROWS_MAX) return this.flush();
    this.#timer ??= setTimeout(() => this.flush().catch(this.#failed), DELAY_MS);
  }

  /**
   * Stores all that waits.
   * @throws what the store has thrown, now or before
   */
  flush(): Promise<void> {
    this.#cancelTimer();
    const rows = this.#waiting;
    if (rows.size > 0) {
      this.#waiting = new Map();
      this.#underWay.push(rows);
    }
    return this.#inTurn(async () => {
      if (rows.size === 0) return;
      await this.#store(Array.from(rows, ([key, row]) => ({ key, row })));
      this.#underWay.shift();
    });
  }

  /** Forgets what waits, once nothing is on its way. */
  async clear(): Promise<void> {
    this.#cancelTimer();
    this.#waiting = new Map();
    await this.#turn;
  }

  /** Performs a task after all before it, unless one has failed. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(async () => {
      if (this.#failure !== undefined) throw this.#failure.error;
      try {
        await task();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #cancelTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
