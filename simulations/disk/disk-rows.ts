import type { StateRow, StateWrite } from '../../protocol/engine/index.ts';
import { RowLayer, type Rows } from './row-layer.ts';

/** What a write has replaced: single rows, or all that there were. */
export type RowsBefore =
  | { readonly rows: readonly (readonly [key: string, row: StateRow | undefined])[] }
  | { readonly all: Content };

/** All rows of a disk. */
interface Content {
  readonly rows: Rows;
  /** What was there when a copy was made, which the copy uses too. */
  readonly below: RowLayer | undefined;
}

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

  write(writes: readonly StateWrite[]): RowsBefore {
    const rows = writes.map(({ key, row }) => {
      const before = this.get(key);
      this.#put(key, row);
      return [key, before] as const;
    });
    return { rows };
  }

  /** Takes a write back. Whatever was written after it has been taken back before. */
  takeBack(before: RowsBefore): void {
    if ('all' in before) {
      this.#rows = before.all.rows;
      this.#below = before.all.below;
    } else for (const [key, row] of before.rows.toReversed()) this.#put(key, row ?? null);
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
  clear(): RowsBefore {
    const [rows, below] = [this.#rows, this.#below];
    this.#rows = new Map();
    this.#below = undefined;
    return { all: { rows, below } };
  }

  #put(key: string, row: StateRow | null): void {
    if (row === null && this.#below === undefined) this.#rows.delete(key);
    else this.#rows.set(key, row);
  }
}
