import type { StateRow, StateWrite } from '../../protocol/engine/index.ts';
import type { Undo } from './undo.ts';

/** The rows of the state store of a disk. */
export class DiskRows {
  #rows: Map<string, StateRow> = new Map();
  /** Whether a copy uses the rows too, so that they must not change. */
  #shared = false;

  get(key: string): StateRow | undefined {
    return this.#rows.get(key);
  }

  /** The rows whose keys begin with a prefix, in the order of the keys' UTF-8 bytes. */
  scan(prefix: string): readonly (readonly [key: string, row: StateRow])[] {
    const found: (readonly [string, StateRow])[] = [];
    for (const entry of this.#rows) if (entry[0].startsWith(prefix)) found.push(entry);
    return found.sort(([a], [b]) => compareUtf8(a, b));
  }

  write(writes: readonly StateWrite[]): Undo {
    const before = writes.map(({ key, row }) => {
      const old = this.#rows.get(key);
      this.#put(key, row ?? undefined);
      return { key, old };
    });
    return () => {
      for (const { key, old } of before.toReversed()) this.#put(key, old);
    };
  }

  /** Costs nothing; the first write afterwards, here or there, costs as much as there are rows. */
  copy(): DiskRows {
    const copy = new DiskRows();
    copy.#rows = this.#rows;
    copy.#shared = true;
    this.#shared = true;
    return copy;
  }

  /** All rows go. */
  clear(): Undo {
    const [rows, shared] = [this.#rows, this.#shared];
    this.#rows = new Map();
    this.#shared = false;
    return () => {
      this.#rows = rows;
      this.#shared = shared;
    };
  }

  #put(key: string, row: StateRow | undefined): void {
    if (this.#shared) {
      this.#rows = new Map(this.#rows);
      this.#shared = false;
    }
    if (row === undefined) this.#rows.delete(key);
    else this.#rows.set(key, row);
  }
}

/** The order of UTF-8 bytes is that of code points; that of UTF-16 differs from it beyond U+FFFF. */
const compareUtf8 = (a: string, b: string): number => {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i += 1) {
    const [first, second] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (first !== second) return rankOf(first) - rankOf(second);
  }
  return a.length - b.length;
};

/** A surrogate is a part of a code point that comes after all that one unit can be. */
const rankOf = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
