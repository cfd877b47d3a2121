import type { GitCommitHeader } from './git-commit.ts';

/** Most parents of a merge that the sides are told apart for: one bit each, in 31. */
export const MERGE_PARENTS_MAX = 30;

/**
 * Tells which commits lie on which side of a merge: bit i of a set of sides stands for the merge's i-th parent,
 * and a commit lies on that side if it is the parent or an ancestor of it.
 *
 * The commits are walked downwards from the merge, as in git's search for merge bases, until what is left lies
 * on all sides. As parents come first in the list, walking it backwards meets each commit after all its
 * descendants, so one pass is exact.
 */
export class MergeSides {
  /** Indices of each commit's parents. */
  readonly #parents: readonly (readonly number[])[];
  /** Sides of each commit as far as they have been walked; 0 everywhere between two merges. */
  readonly #sides: Int32Array;
  #all = 0;
  /** Commits that wait to be walked and do not lie on all sides. */
  #waiting = 0;
  /** The walk ended before this index: everything below lies on all sides of the merge, or on none. */
  #end = 0;
  /** The lowest index with sides; above the highest while there are none. */
  #lowest = 0;
  #highest = -1;

  constructor(headers: readonly GitCommitHeader[]) {
    const indexOf = new Map(headers.map(({ id }, index) => [id, index]));
    this.#parents = headers.map(({ id, parents }, index) =>
      parents.map((parent) => {
        const at = indexOf.get(parent);
        if (at === undefined || at >= index)
          throw new RangeError(`parent ${parent} does not come before ${id}`);
        return at;
      }),
    );
    this.#sides = new Int32Array(headers.length);
  }

  /** Turns to the merge at this index, which has at most {@link MERGE_PARENTS_MAX} parents. */
  enter(merge: number): void {
    this.#sides.fill(0, this.#lowest, this.#highest + 1);
    const parents = this.#parents[merge] ?? [];
    this.#all = 2 ** parents.length - 1;
    this.#waiting = 0;
    this.#lowest = merge;
    this.#highest = merge;
    for (const [i, parent] of parents.entries()) this.#add(parent, 1 << i);
    let index = merge;
    while (this.#waiting > 0 && index > 0) {
      index -= 1;
      const sides = this.#sides[index] ?? 0;
      if (sides === 0) continue;
      if (sides !== this.#all) this.#waiting -= 1;
      for (const parent of this.#parents[index] ?? []) this.#add(parent, sides);
    }
    this.#end = index;
  }

  /** Whether one of these commits (indices, ascending) lies on one of these sides, and on no other. */
  anyOnlyOn(commits: readonly number[], sides: number): boolean {
    for (let i = commits.length - 1; i >= 0; i -= 1) {
      const commit = commits[i] ?? 0;
      if (commit < this.#end) return false;
      const on = this.#sides[commit] ?? 0;
      if (on !== 0 && (on & ~sides) === 0) return true;
    }
    return false;
  }

  #add(index: number, sides: number): void {
    const before = this.#sides[index] ?? 0;
    const after = before | sides;
    this.#sides[index] = after;
    this.#lowest = Math.min(this.#lowest, index);
    const waited = before !== 0 && before !== this.#all;
    if (after !== this.#all && !waited) this.#waiting += 1;
    if (after === this.#all && waited) this.#waiting -= 1;
  }
}
