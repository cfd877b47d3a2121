import type { Crypto } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import type { FrontierEntry } from './frontier.ts';
import { FrontierTree, type NodeContent } from './frontier-tree.ts';

/**
 * The frontier that a replica tells others: committed positions alone. Beside the tree it keeps at which arrival
 * each log changed last, so that a peer that holds everything up to an arrival can be told just the rest.
 */
export class PublishedFrontier {
  readonly #tree: FrontierTree;
  readonly #changedAt = new Map<Origin, number>();
  readonly #changedLast = new Map<number, Origin>();
  #arrivals = 0;

  constructor(crypto: Crypto) {
    this.#tree = new FrontierTree(crypto);
  }

  /**
   * Notes that a position is committed.
   * @param arrival the store's count of frontier changes at this one
   */
  set(entry: FrontierEntry, arrival: number): void {
    const before = this.#changedAt.get(entry.origin);
    if (before !== undefined && this.#changedLast.get(before) === entry.origin)
      this.#changedLast.delete(before);
    this.#tree.set(entry);
    this.#changedAt.set(entry.origin, arrival);
    this.#changedLast.set(arrival, entry.origin);
    this.reach(arrival);
  }

  /** Notes that the store has counted so many frontier changes, all of which are set. */
  reach(arrivals: number): void {
    this.#arrivals = Math.max(this.#arrivals, arrivals);
  }

  /** Frontier changes that are told with this frontier. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Position of one log. */
  entry(origin: Origin): FrontierEntry | undefined {
    return this.#tree.get(origin);
  }

  /** All positions, or those below a node of the tree. */
  entries(path?: string): Iterable<FrontierEntry> {
    return this.#tree.entries(path);
  }

  /** Positions that have changed after an arrival and not after another one. */
  *changed(after: number, upTo = this.#arrivals): Iterable<FrontierEntry> {
    for (const origin of this.#origins(after, upTo)) {
      const entry = this.#tree.get(origin);
      if (entry !== undefined) yield entry;
    }
  }

  /** Stands for the whole frontier. */
  digest(): Uint8Array {
    return this.#tree.digest();
  }

  /** What the node of the frontier tree at a path shows. */
  content(path: string): NodeContent {
    return this.#tree.content(path);
  }

  /** Hash of a node of the frontier tree. */
  hash(path: string): Uint8Array {
    return this.#tree.hash(path);
  }

  /** Logs below a node of the frontier tree. */
  count(path: string): number {
    return this.#tree.count(path);
  }

  *#origins(after: number, upTo: number): Iterable<Origin> {
    if (upTo - after > this.#changedAt.size) {
      for (const [origin, arrival] of this.#changedAt) if (arrival > after && arrival <= upTo) yield origin;
      return;
    }
    for (let arrival = after + 1; arrival <= upTo; arrival += 1) {
      const origin = this.#changedLast.get(arrival);
      if (origin !== undefined) yield origin;
    }
  }
}
