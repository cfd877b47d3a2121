import type { SyncFrame, ToldEntry } from './frame.ts';
import { type FrontierEntry, isSameEntry } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { LogAliases } from './log-aliases.ts';
import type { ProofTeller } from './proof-teller.ts';
import type { Holdings } from './receipts.ts';
import type { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

/** Says to the remote where this side's logs stand: each by its shortest name. Of forked ones the proof is due then. */
export class FrontierTeller {
  readonly #view: SessionView;
  readonly #remote: RemoteFrontier;
  readonly #aliases: LogAliases;
  readonly #send: (frame: SyncFrame) => void;
  readonly #proofs: ProofTeller;
  /** Changed positions that are still to be told. */
  #queue: FrontierEntry[] = [];
  /** Own arrivals all of which have been told. */
  #arrivals = 0;

  constructor(
    view: SessionView,
    remote: RemoteFrontier,
    aliases: LogAliases,
    proofs: ProofTeller,
    send: (frame: SyncFrame) => void,
  ) {
    this.#view = view;
    this.#remote = remote;
    this.#aliases = aliases;
    this.#proofs = proofs;
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
