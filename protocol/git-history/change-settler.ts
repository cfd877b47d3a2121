import type { GitChange, GitCommitHeader } from './git-commit.ts';
import { MERGE_PARENTS_MAX, MergeSides } from './merge-sides.ts';

/** A path that a commit's tree holds otherwise than some parents' trees do. */
interface Difference {
  readonly blob: string | null;
  /** Those parents: bit i for the i-th. */
  parents: number;
}

/**
 * Tells, among the paths on which a merge differs from a parent, those that the merge decided from those on
 * which that parent's branch was merely behind.
 *
 * Let F be the parents that hold a path otherwise than the merge M, and E the others. At every commit, all
 * heads of the path's register (the writes that no other write of the commit's past has seen) have the blob of
 * the commit's tree: so it is to be after M. If E is empty, no head has M's blob: M must write. Otherwise a
 * head that lies before a parent in E either has M's blob or is superseded there, so M must write exactly if
 * the path was written on the sides of F alone, where nothing before E has seen it. Paths that E has changed
 * since, and F has not, need no write: one would invent a conflict with every branch that is still open.
 */
export class ChangeSettler {
  readonly #headers: readonly GitCommitHeader[];
  readonly #sides: MergeSides;
  readonly #settled = new Map<number, readonly GitChange[]>();
  /** Indices of the commits that write a path, ascending. */
  readonly #writes = new Map<string, number[]>();
  /** The commit whose differences are coming in. */
  #commit = -1;
  #differences = new Map<string, Difference>();

  constructor(headers: readonly GitCommitHeader[]) {
    this.#headers = headers;
    this.#sides = new MergeSides(headers);
  }

  /**
   * Takes one difference; commits come in their order.
   * @param parents places of the parents that the commit differs from; none for a root
   */
  differs(commit: number, parents: readonly number[], path: string, blob: string | null): void {
    if (commit !== this.#commit) this.#settle();
    this.#commit = commit;
    const difference = this.#differences.get(path) ?? { blob, parents: 0 };
    for (const place of parents) difference.parents |= 1 << place;
    this.#differences.set(path, difference);
  }

  /** The changes of each commit that has any, by the commit's index, once all differences have come in. */
  finish(): ReadonlyMap<number, readonly GitChange[]> {
    this.#settle();
    return this.#settled;
  }

  #settle(): void {
    const count = this.#headers[this.#commit]?.parents.length ?? 0;
    const all = 2 ** count - 1;
    // Too many parents to tell apart: a write that was not needed leaves the outcome as it is.
    const decidesAll = count > MERGE_PARENTS_MAX;
    if (count > 1 && !decidesAll) this.#sides.enter(this.#commit);
    const changes: GitChange[] = [];
    for (const [path, { blob, parents }] of this.#differences) {
      const writes = this.#writes.get(path) ?? [];
      if (!decidesAll && parents !== all && !this.#sides.anyOnlyOn(writes, parents)) continue;
      writes.push(this.#commit);
      this.#writes.set(path, writes);
      changes.push({ path, blob });
    }
    if (changes.length > 0) this.#settled.set(this.#commit, changes);
    this.#differences = new Map();
  }
}
