import type { StateRow } from '../../protocol/engine/index.ts';

/** Bytes of keys and rows, as they are stored, of which a generation is made up. Two are kept. */
const GENERATION_BYTES = 8 * 2 ** 20;

/** A row, or null where it is known that there is none. */
interface Known {
  readonly row: StateRow | null;
  readonly bytes: number;
}

/**
 * Rows that were read lately, as they are now: what events change they mostly change again soon, and a read of LevelDB
 * costs ten times as much. What is written and was not read before takes no room: most rows are written once, and read
 * rarely. A row that was handed out never changes, so that one object may be in many hands.
 *
 * What is used stays in the younger of two generations; when that is full, the older one goes. That comes close to
 * leaving out what was used least recently, at the cost of a look-up.
 */
export class RowCache {
  #young = new Map<string, Known>();
  #old = new Map<string, Known>();
  #youngBytes = 0;

  /** The row; null if there is none; undefined when that is not known. */
  get(key: string): StateRow | null | undefined {
    const known = this.#young.get(key);
    if (known !== undefined) return known.row;
    const older = this.#old.get(key);
    if (older === undefined) return undefined;
    this.set(key, older.row, older.bytes);
    return older.row;
  }

  /** A row has been written; null deletes it. */
  written(key: string, row: StateRow | null, bytes: number): void {
    if (this.#young.has(key) || this.#old.has(key)) this.set(key, row, bytes);
  }

  /**
   * A row has been read; null: there is none.
   * @param bytes of key and row
   */
  set(key: string, row: StateRow | null, bytes: number): void {
    this.#youngBytes += bytes - (this.#young.get(key)?.bytes ?? 0);
    this.#young.set(key, { row, bytes });
    if (this.#youngBytes < GENERATION_BYTES) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngBytes = 0;
  }
}
