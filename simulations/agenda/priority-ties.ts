import type { Draws } from '../draws/index.ts';
import type { Thread } from './thread.ts';
import type { PctPolicy, Ties } from './tie-policy.ts';

/** Ranks up to here are those of threads that have kept their first priority. */
const LOWERED = 2 ** 31;

/** A time from which on the next thread that does something falls behind. */
interface Change {
  readonly atUs: number;
  readonly rank: number;
}

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010), for virtual time.
 * Each thread has a drawn priority; at drawn times one of them falls behind all that have not. Things are put off to
 * the end of the window in which they are due, and there the thread of the highest priority goes first, for as long
 * as it has anything. What one thread does stays in its order, and what belongs to the world is never put off.
 */
export class PriorityTies implements Ties {
  readonly #windowUs: number;
  readonly #draws: Draws;
  /** Still to come, the next one last. */
  readonly #changes: Change[];
  /** Ranks of threads; the higher the priority, the lower. */
  readonly #ranks = new Map<Thread, number>();

  constructor(
    { pct, windowUs }: PctPolicy,
    draws: Draws,
    { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
  ) {
    this.#windowUs = windowUs;
    this.#draws = draws;
    const stream = draws.stream('ties');
    const length = Math.max(1, toUs - fromUs);
    this.#changes = Array.from({ length: pct - 1 }, (_, i) => ({
      // In a million steps, as a run may be longer than one draw can tell apart.
      atUs: fromUs + Math.floor((length * stream.below(1_000_000)) / 1_000_000),
      rank: LOWERED + i,
    })).toSorted((a, b) => b.atUs - a.atUs || b.rank - a.rank);
  }

  happensUs(dueUs: number, thread: Thread | undefined): number {
    return thread === undefined ? dueUs : Math.ceil(dueUs / this.#windowUs) * this.#windowUs;
  }

  rank(thread: Thread | undefined, nowUs: number): number {
    if (thread === undefined) return 0;
    const before = this.#ranks.get(thread) ?? this.#firstRank(thread);
    const change = this.#changes.at(-1);
    const isLowered = change !== undefined && nowUs >= change.atUs;
    if (isLowered) this.#changes.pop();
    // Nobody rises again: what a thread does next would overtake what it has put down before.
    const rank = isLowered ? Math.max(before, change.rank) : before;
    this.#ranks.set(thread, rank);
    return rank;
  }

  /** From 1 on: what belongs to the world goes first. */
  #firstRank(thread: Thread): number {
    return 1 + this.#draws.stream('ties', 1 + thread).below(LOWERED - 1);
  }
}
