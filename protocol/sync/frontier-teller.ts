import type { Origin } from '../event/index.ts';
import { isDue } from './due-time.ts';
import { type BroughtRecords, creditOf, type SyncFrame, type ToldEntry } from './frame.ts';
import { type FrontierEntry, isNextBy, isSameEntry } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { LogAliases } from './log-aliases.ts';
import type { ProofTeller } from './proof-teller.ts';
import type { Holdings } from './receipts.ts';
import type { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

/** For logs that have changed, the records with which that has happened: what can be brought along. */
export type Written = ReadonlyMap<Origin, BroughtRecords>;

/** What is said to the remote, and what that may take. */
export interface TellerHost {
  send(frame: SyncFrame): void;
  /** Takes so much of the credit for records that the remote has given; false, and none of it, if there is less. */
  spend(bytes: number): boolean;
}

interface Change {
  readonly entry: FrontierEntry;
  readonly written: BroughtRecords | undefined;
}

/**
 * Says to the remote where this side's logs stand: each by its shortest name. Of forked ones the proof is due then.
 *
 * Invariant: what is told with arrivals has told everything up to them, so that news which waits goes out with
 * whatever is told before its time.
 */
export class FrontierTeller {
  readonly #view: SessionView;
  readonly #remote: RemoteFrontier;
  readonly #aliases: LogAliases;
  readonly #host: TellerHost;
  readonly #proofs: ProofTeller;
  /** Changed positions that are still to be told. */
  readonly #queue = new Map<Origin, Change>();
  /** Whether they are to be told in this step. */
  #isDue = false;
  /** When they have to be told, in ms since 1970; undefined when nothing waits. */
  #dueMs: number | undefined;
  /** Own arrivals all of which have been told. */
  #arrivals = 0;

  constructor(
    view: SessionView,
    remote: RemoteFrontier,
    aliases: LogAliases,
    proofs: ProofTeller,
    host: TellerHost,
  ) {
    this.#view = view;
    this.#remote = remote;
    this.#aliases = aliases;
    this.#proofs = proofs;
    this.#host = host;
  }

  /**
   * Notes positions that have changed, to be told unless the remote has told just these itself: at once, or by some
   * time if the remote most likely hears of them from others.
   * @param dueMs that time, in ms since 1970
   */
  queue(entries: readonly FrontierEntry[], dueMs: number, written: Written): void {
    const { lazy } = this.#remote;
    for (const entry of entries) {
      const { origin, frozen } = entry;
      lazy.news(entry);
      this.#queue.set(origin, { entry, written: written.get(origin) });
      if (frozen || written.has(origin) || !lazy.has(origin)) this.#isDue = true;
      else this.#dueMs ??= dueMs;
    }
  }

  /** Looks whether what waits has waited for long enough. */
  tick(nowMs: number): void {
    this.#isDue ||= this.#dueMs !== undefined && isDue(this.#dueMs, nowMs, 2 * SYNC_LIMITS.lazyMs);
  }

  /** When the next tick is needed, in ms since 1970. */
  get deadlineMs(): number | undefined {
    return this.#dueMs;
  }

  /** Tells what is due, and what is held, if there is any of either. */
  flush(held: Holdings | undefined): void {
    this.#prune();
    if (held !== undefined || (this.#isDue && this.#queue.size > 0)) this.tell([], { held });
    this.#isDue = false;
  }

  /** Tells positions, and all that waits. */
  tell(entries: readonly FrontierEntry[], { last = false, held }: Telling = {}): void {
    const size = SYNC_LIMITS.frontierEntriesMax;
    for (const { origin } of entries) this.#queue.delete(origin);
    const { news, brought } = this.#takeNews(!last && entries.length === 0);
    const all = [...news, ...entries];
    let from = 0;
    for (; all.length - from > size; from += size) {
      const part = this.#named(all.slice(from, from + size));
      this.#host.send({ type: 'frontier', entries: part, arrivals: this.#arrivals, last: false });
    }
    const rest = this.#named(all.slice(from));
    this.#arrivals = this.#view.frontier.arrivals;
    const holdings = held === undefined ? {} : { held: this.#holdings(held) };
    const frame = { type: 'frontier', entries: rest, arrivals: this.#arrivals, last, ...holdings } as const;
    this.#host.send(brought === undefined ? frame : { ...frame, brought });
  }

  /** Shows a node of this side's frontier tree. */
  show(path: string): void {
    const content = this.#view.frontier.content(path);
    const shown =
      content.type === 'children'
        ? content
        : ({ type: 'entries', entries: this.#named(content.entries) } as const);
    this.#host.send({ type: 'node', path, content: shown });
  }

  /** Forgets what the remote has told itself. */
  #prune(): void {
    for (const [origin, { entry }] of this.#queue) {
      const remote = this.#remote.entry(origin);
      if (remote === undefined || !isSameEntry(entry, remote)) continue;
      this.#remote.lazy.holds(remote);
      this.#queue.delete(origin);
    }
    if (this.#queue.size === 0) this.#dueMs = undefined;
  }

  /** All that waits; with the records of the first, if they may be brought. */
  #takeNews(mayBring: boolean): { news: readonly FrontierEntry[]; brought: BroughtRecords | undefined } {
    const changes = [...this.#queue.values()];
    this.#queue.clear();
    this.#dueMs = undefined;
    for (const change of mayBring && changes.length <= SYNC_LIMITS.frontierEntriesMax ? changes : []) {
      const brought = this.#bring(change);
      if (brought === undefined) continue;
      const others = changes.filter((other) => other !== change);
      return { news: [change, ...others].map(({ entry }) => entry), brought };
    }
    return { news: changes.map(({ entry }) => entry), brought: undefined };
  }

  /** What was written, if it is all that the remote lacks of the log by its own words, and little. */
  #bring({ entry, written }: Change): BroughtRecords | undefined {
    if (written === undefined || entry.frozen) return undefined;
    const { records } = written;
    const bytes = creditOf(records);
    if (bytes > SYNC_LIMITS.broughtBytesMax) return undefined;
    if (!isNextBy(records.length, entry, this.#remote.entry(entry.origin))) return undefined;
    return this.#host.spend(bytes) ? written : undefined;
  }

  #named(entries: readonly FrontierEntry[]): readonly ToldEntry[] {
    return entries.map(({ origin, ...entry }) => {
      if (entry.frozen) this.#proofs.prove(origin);
      return { log: this.#aliases.tell(origin), ...entry };
    });
  }

  #holdings({ arrivals, missing }: Holdings) {
    const names = missing.map((origin) => this.#aliases.name(origin));
    // A log without an alias was told by nobody in this session.
    return { arrivals, missing: names.filter((name) => name.type === 'alias') };
  }
}

/** What is told beside positions. */
interface Telling {
  /** Whether this ends a phase. */
  readonly last?: boolean;
  readonly held?: Holdings | undefined;
}
