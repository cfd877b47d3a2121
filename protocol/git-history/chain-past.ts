import type { GitCommit } from './git-commit.ts';

/** A place on a chain. Positions count from 1 without gaps. */
export interface ChainPoint {
  /** Index of the chain. */
  readonly chain: number;
  readonly position: number;
}

/** What one commit knows of the chains. It belongs to one commit at a time, which alone may write to it. */
export interface ChainPast {
  /** The highest position known of each chain, by the chain's index; 0 or absent where none is. */
  readonly highest: number[];
  /** The points from which all of `highest` follows: one for each chain that holds a parent, ascending. */
  readonly direct: readonly ChainPoint[];
}

/** The pasts of commits, each kept until its last child has taken it. */
export class ChainPasts {
  readonly #pasts = new Map<string, ChainPast>();
  /** Times that a commit is still to be named as a parent. */
  readonly #awaited = new Map<string, number>();

  constructor(commits: readonly GitCommit[]) {
    for (const { parents } of commits) {
      for (const parent of parents) this.#awaited.set(parent, (this.#awaited.get(parent) ?? 0) + 1);
    }
  }

  /** What the parents of a commit know together. To be called once for each commit, parents first. */
  join(commit: GitCommit): ChainPast {
    let highest: number[] = [];
    const direct = new Map<number, number>();
    for (const parent of commit.parents) {
      const { past, last } = this.#take(parent, commit.id);
      for (const { chain, position } of past.direct) {
        direct.set(chain, Math.max(position, direct.get(chain) ?? 0));
      }
      // A past that is taken for the last time changes hands instead of being copied; most do.
      if (highest.length === 0) highest = last ? past.highest : past.highest.slice();
      else raise(highest, past.highest);
    }
    const points = [...direct].map(([chain, position]) => ({ chain, position }));
    return { highest, direct: points.sort((a, b) => a.chain - b.chain) };
  }

  /** Sets what a commit without a place knows: all that its parents do. */
  pass(commit: GitCommit, past: ChainPast): void {
    if (this.#awaited.has(commit.id)) this.#pasts.set(commit.id, past);
  }

  /** Sets what a commit knows that has been given a place: its parents' past, and itself. */
  place(commit: GitCommit, past: ChainPast, point: ChainPoint): void {
    const { highest } = past;
    while (highest.length < point.chain) highest.push(0);
    highest[point.chain] = point.position;
    this.pass(commit, { highest, direct: [point] });
  }

  #take(id: string, child: string): { readonly past: ChainPast; readonly last: boolean } {
    const past = this.#pasts.get(id);
    if (past === undefined) throw new RangeError(`parent ${id} does not come before its child ${child}`);
    const awaited = (this.#awaited.get(id) ?? 0) - 1;
    this.#awaited.set(id, awaited);
    if (awaited === 0) this.#pasts.delete(id);
    return { past, last: awaited === 0 };
  }
}

/** Raises each number to the other's where that is higher. */
const raise = (numbers: number[], others: readonly number[]): void => {
  for (let i = 0; i < others.length; i += 1) {
    const other = others[i] ?? 0;
    if (i >= numbers.length) numbers.push(other);
    else if (other > (numbers[i] ?? 0)) numbers[i] = other;
  }
};
