import type { Origin, Seq } from '../event/index.ts';
import type { SyncFrame, ToldEntry } from './frame.ts';
import { type FrontierEntry, isSameEntry } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { LogAliases } from './log-aliases.ts';
import type { Holdings } from './receipts.ts';
import type { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

/** Says to the remote where this side's logs stand: each by its shortest name, forked ones with the proof. */
export class FrontierTeller {
  readonly #view: SessionView;
  readonly #remote: RemoteFrontier;
  readonly #aliases: LogAliases;
  readonly #send: (frame: SyncFrame) => void;
  /** Changed positions that are still to be told. */
  #queue: FrontierEntry[] = [];
  /** Own arrivals all of which have been told. */
  #arrivals = 0;
  /** For each log, the fork that the remote was sent the proof of. */
  readonly #proved = new Map<Origin, Seq>();

  constructor(
    view: SessionView,
    remote: RemoteFrontier,
    aliases: LogAliases,
    send: (frame: SyncFrame) => void,
  ) {
    this.#view = view;
    this.#remote = remote;
    this.#aliases = aliases;
    this.#send = send;
  }

  /** Notes positions that have changed, to be told unless the remote has told just these itself. */
  queue(entries: readonly FrontierEntry[]): void {
    for (const entry of entries) {
      const remote = this.#remote.entry(entry.origin);
      if (remote === undefined || !isSameEntry(entry, remote)) this.#queue.push(entry);
    }
  }

  /** Tells what is queued, and what is held, if there is any of either. */
  flush(held: Holdings | undefined): void {
    if (this.#queue.length > 0 || held !== undefined) this.tell(this.#queue.splice(0), { held });
  }

  /** Tells positions; `last` ends a phase. */
  tell(
    entries: readonly FrontierEntry[],
    { last = false, held }: { readonly last?: boolean; readonly held?: Holdings | undefined } = {},
  ): void {
    const size = SYNC_LIMITS.frontierEntriesMax;
    let from = 0;
    for (; entries.length - from > size; from += size) {
      const part = this.#named(entries.slice(from, from + size));
      this.#send({ type: 'frontier', entries: part, arrivals: this.#arrivals, last: false });
    }
    const rest = this.#named(entries.slice(from));
    this.#arrivals = this.#view.frontier.arrivals;
    const holdings = held === undefined ? {} : { held: this.#holdings(held) };
    this.#send({ type: 'frontier', entries: rest, arrivals: this.#arrivals, last, ...holdings });
  }

  /** Shows a node of this side's frontier tree. */
  show(path: string): void {
    const content = this.#view.frontier.content(path);
    const shown =
      content.type === 'children'
        ? content
        : ({ type: 'entries', entries: this.#named(content.entries) } as const);
    this.#send({ type: 'node', path, content: shown });
  }

  /** Sends the proof that a log has forked, if there is one here and the remote does not seem to have it. */
  prove(origin: Origin): void {
    const verdict = this.#view.verdict(origin);
    const remote = this.#remote.entry(origin);
    if (verdict === undefined || (remote?.frozen && remote.seq < verdict.forkSeq)) return;
    if ((this.#proved.get(origin) ?? Number.POSITIVE_INFINITY) <= verdict.forkSeq) return;
    this.#proved.set(origin, verdict.forkSeq);
    this.#send({ type: 'evidence', evidence: verdict.evidence });
  }

  #named(entries: readonly FrontierEntry[]): readonly ToldEntry[] {
    return entries.map(({ origin, ...entry }) => {
      if (entry.frozen) this.prove(origin);
      return { log: this.#aliases.tell(origin), ...entry };
    });
  }

  #holdings({ arrivals, missing }: Holdings) {
    const names = missing.map((origin) => this.#aliases.name(origin));
    // A log without an alias was told by nobody in this session.
    return { arrivals, missing: names.filter((name) => name.type === 'alias') };
  }
}
