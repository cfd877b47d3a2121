import type { Origin } from '../event/index.ts';
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

/** Says to the remote where this side's logs stand: each by its shortest name. Of forked ones the proof is due then. */
export class FrontierTeller {
  readonly #view: SessionView;
  readonly #remote: RemoteFrontier;
  readonly #aliases: LogAliases;
  readonly #host: TellerHost;
  readonly #proofs: ProofTeller;
  /** Changed positions that are still to be told. */
  #queue: Change[] = [];
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

  /** Notes positions that have changed, to be told unless the remote has told just these itself. */
  queue(entries: readonly FrontierEntry[], written: Written): void {
    for (const entry of entries) {
      const remote = this.#remote.entry(entry.origin);
      if (remote !== undefined && isSameEntry(entry, remote)) continue;
      this.#queue.push({ entry, written: written.get(entry.origin) });
    }
  }

  /** Tells what is queued, and what is held, if there is any of either. */
  flush(held: Holdings | undefined): void {
    if (this.#queue.length === 0 && held === undefined) return;
    const changes = this.#queue.splice(0);
    const [first] = changes;
    const brought = first !== undefined && changes.length === 1 ? this.#bring(first) : undefined;
    this.tell(
      changes.map(({ entry }) => entry),
      { held, brought },
    );
  }

  /** Tells positions. */
  tell(entries: readonly FrontierEntry[], { last = false, held, brought }: Telling = {}): void {
    const size = SYNC_LIMITS.frontierEntriesMax;
    let from = 0;
    for (; entries.length - from > size; from += size) {
      const part = this.#named(entries.slice(from, from + size));
      this.#host.send({ type: 'frontier', entries: part, arrivals: this.#arrivals, last: false });
    }
    const rest = this.#named(entries.slice(from));
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
  /** What leads to the one position that is told. */
  readonly brought?: BroughtRecords | undefined;
}
