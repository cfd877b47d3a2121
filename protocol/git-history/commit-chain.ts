import { type ChainPast, ChainPasts, type ChainPoint } from './chain-past.ts';
import type { GitCommit } from './git-commit.ts';

/** A commit in its place. */
export interface ChainedCommit extends ChainPoint {
  readonly commit: GitCommit;
  /**
   * The points at which the commit's parents stand on other chains, one for each chain, by ascending chain.
   * Direct knowledge only: each point stands for all that it knows in turn, and so does the predecessor on
   * the commit's own chain.
   */
  readonly seen: readonly ChainPoint[];
}

/** One chain of a history. */
export interface CommitChain {
  readonly author: string;
  /** Number of commits on it, which is also the position of its last. */
  readonly length: number;
}

/** A history cut into chains. */
export interface ChainCut {
  /** In the order of their first commits. */
  readonly chains: readonly CommitChain[];
  /** The commits that change something, in the order given. */
  readonly commits: readonly ChainedCommit[];
}

/**
 * Cuts a history into chains, each of one author, on which every commit is an ancestor of the next: what a log
 * is to events. An author who worked on two branches at once gets two chains. What a commit reaches through
 * `seen` and the predecessors on chains is exactly its ancestors that change something.
 *
 * A commit goes to the end of one of its author's chains if that end is among its ancestors, however far back,
 * otherwise to a new chain. Of several ends it takes the one that comes last in the order: the fewest branches
 * know that one, so the others stay free for them. Commits that change nothing would be no event, so they get
 * no place: what they know passes to their children.
 *
 * Time and memory grow with the number of chains times the number of forks and merges.
 *
 * @param commits parents first, as in a `GitHistory`; a parent that does not come before its child is a RangeError
 */
export const cutChains = (commits: readonly GitCommit[]): ChainCut => {
  const pasts = new ChainPasts(commits);
  const chains = new ChainEnds();
  const placed: ChainedCommit[] = [];
  for (const commit of commits) {
    const past = pasts.join(commit);
    if (commit.changes.length === 0) {
      pasts.pass(commit, past);
      continue;
    }
    const point = chains.extend(commit.author, past);
    placed.push({ commit, ...point, seen: past.direct.filter(({ chain }) => chain !== point.chain) });
    pasts.place(commit, past, point);
  }
  return { chains: chains.list(), commits: placed };
};

/** The end of a chain while it grows. */
interface ChainEnd {
  readonly author: string;
  readonly chain: number;
  length: number;
  /** How many commits had been placed when the last of this chain was. */
  extendedAt: number;
}

class ChainEnds {
  readonly #ends: ChainEnd[] = [];
  readonly #byAuthor = new Map<string, ChainEnd[]>();
  #placed = 0;

  /** Adds a commit to the chain of its author that was extended last among those whose end it knows. */
  extend(author: string, past: ChainPast): ChainPoint {
    const own = this.#byAuthor.get(author) ?? [];
    this.#byAuthor.set(author, own);
    let best: ChainEnd | undefined;
    for (const end of own) {
      const known = past.highest[end.chain] === end.length;
      if (known && (best === undefined || end.extendedAt > best.extendedAt)) best = end;
    }
    if (best === undefined) {
      best = { author, chain: this.#ends.length, length: 0, extendedAt: 0 };
      this.#ends.push(best);
      own.push(best);
    }
    this.#placed += 1;
    best.length += 1;
    best.extendedAt = this.#placed;
    return { chain: best.chain, position: best.length };
  }

  list(): readonly CommitChain[] {
    return this.#ends.map(({ author, length }) => ({ author, length }));
  }
}
