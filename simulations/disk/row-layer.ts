import type { StateRow } from '../../protocol/engine/index.ts';

/** Rows by key; null where one of the layer below was deleted. */
export type Rows = Map<string, StateRow | null>;

type Entry = readonly [key: string, row: StateRow];

/** With so many on top of each other they are made one. */
const LAYERS_MAX = 4;

/** Rows that never change, and those below them which they do not replace: what copies of a disk have in common. */
export class RowLayer {
  readonly #rows: Rows;
  readonly #below: RowLayer | undefined;
  readonly #depth: number;
  /** What was found by each prefix: many devices may begin with the same rows. */
  readonly #scans = new Map<string, readonly Entry[]>();

  constructor(rows: Rows, below?: RowLayer) {
    this.#rows = rows;
    this.#below = below;
    this.#depth = 1 + (below === undefined ? 0 : below.#depth);
  }

  get(key: string): StateRow | undefined {
    const row = this.#rows.get(key);
    return row === undefined ? this.#below?.get(key) : (row ?? undefined);
  }

  /** The rows whose keys begin with a prefix, in the order of the keys' UTF-8 bytes. */
  scan(prefix: string): readonly Entry[] {
    const known = this.#scans.get(prefix);
    if (known !== undefined) return known;
    const found = [...this.#found(prefix)].sort(([a], [b]) => compareUtf8(a, b));
    this.#scans.set(prefix, found);
    return found;
  }

  /** The same rows, in few layers. */
  flat(): RowLayer {
    return this.#depth <= LAYERS_MAX ? this : new RowLayer(this.#found(''));
  }

  #found(prefix: string): Map<string, StateRow> {
    const below = this.#below;
    const found = below === undefined ? new Map<string, StateRow>() : below.#found(prefix);
    for (const [key, row] of this.#rows) {
      if (!key.startsWith(prefix)) continue;
      if (row === null) found.delete(key);
      else found.set(key, row);
    }
    return found;
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
