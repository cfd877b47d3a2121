import type { StateRow, StateWrite } from '../../protocol/engine/index.ts';
import { RowLayer, type Rows } from './row-layer.ts';
import type { Undo } from './undo.ts';

/** The rows of the state store of a disk. */
export class DiskRows {
  #rows: Rows = new Map();
  /** What was there when a copy was made, which the copy uses too. */
  #below: RowLayer | undefined;

  get(key: string): StateRow | undefined {
    const row = this.#rows.get(key);
    return row === undefined ? this.#below?.get(key) : (row ?? undefined);
  }

  /** The rows whose keys begin with a prefix, in the order of the keys' UTF-8 bytes. */
  scan(prefix: string): readonly (readonly [key: string, row: StateRow])[] {
    if (this.#rows.size === 0 && this.#below !== undefined) return this.#below.scan(prefix);
    return new RowLayer(this.#rows, this.#below).scan(prefix);
  }

  write(writes: readonly StateWrite[]): Undo {
    const before = writes.map(({ key, row }) => {
      const old = this.get(key);
      this.#put(key, row);
      return { key, old };
    });
    return () => {
      for (const { key, old } of before.toReversed()) this.#put(key, old ?? null);
    };
  }

  /** Costs next to nothing, but for every few times: neither changes what is there by now. */
  copy(): DiskRows {
    if (this.#rows.size > 0) this.#below = new RowLayer(this.#rows, this.#below).flat();
    this.#rows = new Map();
    const copy = new DiskRows();
    copy.#below = this.#below;
    return copy;
  }

  /** All rows go. */
  clear(): Undo {
    const [rows, below] = [this.#rows, this.#below];
    this.#rows = new Map();
    this.#below = undefined;
    return () => {
      this.#rows = rows;
      this.#below = below;
    };
  }

  #put(key: string, row: StateRow | null): void {
    if (row === null && this.#below === undefined) this.#rows.delete(key);
    else this.#rows.set(key, row);
  }
}
