import type { Origin } from '../event/index.ts';
import type { Cursor } from './frame.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

/** What this side holds of what the remote told: everything up to an arrival, some logs excepted. */
export interface Holdings {
  readonly arrivals: number;
  readonly missing: readonly Origin[];
}

/** Keeps account of what the remote told, how much of it is committed here, and how much of that the remote knows. */
export class Receipts {
  readonly #view: SessionView;
  readonly #remote: RemoteFrontier;
  readonly #reached: (cursor: Cursor) => void;
  #cursor: Cursor | undefined;
  #storeId = '';
  /** The remote's arrivals, by its own words. */
  #heard = 0;
  /** What the remote was told last, the logs counted. */
  #given = { arrivals: 0, missing: 0 };

  /** @param reached called when the cursor has moved */
  constructor(
    view: SessionView,
    remote: RemoteFrontier,
    cursor: Cursor | undefined,
    reached: (cursor: Cursor) => void,
  ) {
    this.#view = view;
    this.#remote = remote;
    this.#cursor = cursor;
    this.#reached = reached;
  }

  /** How much of the remote's store is held here. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** The remote has named its store. */
  begin(storeId: string): void {
    this.#storeId = storeId;
  }

  /**
   * The remote has told all that it held at an arrival, or is about to.
   * @param news false when nothing of it differs from what this side told: then it expects no word of that
   */
  hear(arrivals: number, news: boolean): void {
    const isGiven = this.#given.arrivals >= this.#heard;
    this.#heard = Math.max(this.#heard, arrivals);
    if (isGiven && !news) this.#given = { ...this.#given, arrivals: this.#heard };
  }

  /** The remote knows already that everything up to an arrival is held here. */
  waive(arrivals: number): void {
    this.#given = { arrivals, missing: 0 };
  }

  /**
   * Whether the cursor may have to move, or the remote be told of what is held. Not while more is lacking than can
   * be named: all of it would be looked through at every step.
   */
  get isDue(): boolean {
    if (this.#remote.lackingCount > SYNC_LIMITS.missingMax) return false;
    const { arrivals, missing } = this.#given;
    return this.#heard > arrivals || missing > 0 || this.#cursor?.arrivals !== this.#heard;
  }

  /** Whether something that the remote holds is still to be fetched, or being committed. */
  isFetching(): boolean {
    const [view, remote] = [this.#view, this.#remote];
    for (const origin of remote.lacking()) {
      if (view.accepts(origin) && (remote.isArriving(origin) || remote.offers(origin))) return true;
    }
    for (const origin of remote.hinted()) if (view.accepts(origin)) return true;
    return false;
  }

  /** Moves the cursor if everything that was heard, and is accepted, is committed here. */
  advance(): void {
    if (this.#cursor?.storeId === this.#storeId && this.#cursor.arrivals === this.#heard) return;
    for (const origin of this.#remote.lacking()) if (this.#view.accepts(origin)) return;
    this.#cursor = { storeId: this.#storeId, arrivals: this.#heard };
    this.#reached(this.#cursor);
  }

  /**
   * What the remote is to be told of what is held; undefined when it knows, or too much is missing to be named.
   * Moves the cursor.
   */
  give(): Holdings | undefined {
    this.advance();
    const missing = [...this.#remote.lacking()];
    const isNews = this.#heard > this.#given.arrivals || missing.length < this.#given.missing;
    if (!isNews || missing.length > SYNC_LIMITS.missingMax) return undefined;
    this.#given = { arrivals: this.#heard, missing: missing.length };
    return { arrivals: this.#heard, missing };
  }
}
