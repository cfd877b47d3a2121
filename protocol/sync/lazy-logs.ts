import type { Origin } from '../event/index.ts';
import { type FrontierEntry, isAhead } from './frontier.ts';

/**
 * Logs that the remote comes by without this side: it holds what was news here, and has not asked for it. Such news
 * may wait, as in the lazy links of Plumtree (Leitão, Pereira, Rodrigues: Epidemic Broadcast Trees, 2007). A remote
 * that asks for a log is told of it at once again.
 */
export class LazyLogs {
  readonly #logs = new Set<Origin>();
  /** News that the remote has neither asked for nor been seen to hold. */
  readonly #news = new Map<Origin, FrontierEntry>();

  /** Whether news of a log may wait. */
  has(origin: Origin): boolean {
    return this.#logs.has(origin);
  }

  /** There is news for the remote, told or not. */
  news(entry: FrontierEntry): void {
    this.#news.set(entry.origin, entry);
  }

  /** The remote gets a log here. */
  serve(origin: Origin): void {
    this.#logs.delete(origin);
    this.#news.delete(origin);
  }

  /** The remote holds a log up to there. */
  holds(entry: FrontierEntry): void {
    const news = this.#news.get(entry.origin);
    if (news === undefined || isAhead(news, entry)) return;
    this.#news.delete(entry.origin);
    this.#logs.add(entry.origin);
  }
}
