import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { SyncFault, SyncFrame, ToldEntry } from './frame.ts';
import { type FrontierEntry, isContradiction } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { LogAliases } from './log-aliases.ts';
import type { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

/** What listening asks of the session. */
export interface ListenerHost {
  close(code: SyncFault, message: string): void;
  /** The remote is not believed on a log. */
  dispute(origin: Origin, fault: Fault): void;
  /** The remote has said where it holds a log. */
  heard(origin: Origin): void;
}

/** Takes in what the remote says of its logs, and what follows of them from what it says of this side's. */
export class FrontierListener {
  readonly #view: SessionView;
  readonly #remote: RemoteFrontier;
  readonly #aliases: LogAliases;
  readonly #host: ListenerHost;
  /** Own arrivals up to which the remote has said that it holds everything. */
  #heldArrivals = 0;

  constructor(view: SessionView, remote: RemoteFrontier, aliases: LogAliases, host: ListenerHost) {
    this.#view = view;
    this.#remote = remote;
    this.#aliases = aliases;
    this.#host = host;
  }

  /** Takes in entries that the remote tells; returns those that it named rightly. */
  hear(entries: readonly ToldEntry[]): readonly FrontierEntry[] {
    const heard: FrontierEntry[] = [];
    for (const { log, ...position } of entries) {
      const origin = this.#aliases.hear(log);
      if (origin === undefined) {
        if (log.type === 'origin') this.#closePastLimit();
        else this.#host.close('bad_frame', 'an alias that stands for no log');
        break;
      }
      const entry = { origin, ...position };
      if (!this.#remote.learn(entry)) {
        this.#closePastLimit();
        break;
      }
      this.#disputeIfContradicted(entry);
      this.#host.heard(origin);
      heard.push(entry);
    }
    return heard;
  }

  /** The remote holds just what this side published up to an arrival. */
  holdsAll(arrivals: number): void {
    this.holds(0, arrivals);
    for (const entry of this.#view.frontier.entries()) if (entry.frozen) this.#remote.learn(entry);
  }

  /**
   * The remote holds what this side published after an arrival and up to another, some logs excepted. That a log
   * is frozen is no arrival: whether the remote knows shows when the frontiers are compared.
   */
  holds(after: number, upTo: number, except: ReadonlySet<Origin> = new Set()): void {
    for (const entry of this.#view.frontier.changed(after, upTo)) {
      if (!entry.frozen && !except.has(entry.origin)) this.#remote.learn(entry);
    }
    if (except.size === 0) this.#heldArrivals = Math.max(this.#heldArrivals, upTo);
  }

  /** The remote says what it holds of what it was told. */
  onHeld({ arrivals, missing }: NonNullable<Extract<SyncFrame, { type: 'frontier' }>['held']>): void {
    const except = new Set<Origin>();
    for (const name of missing) {
      const origin = this.#aliases.resolve(name);
      if (origin !== undefined) except.add(origin);
    }
    this.holds(this.#heldArrivals, arrivals, except);
  }

  #disputeIfContradicted(entry: FrontierEntry): void {
    const { origin, seq } = entry;
    const own = this.#view.frontier.entry(origin);
    if (own === undefined || !isContradiction(entry, own)) return;
    const message = `holds another history of log ${origin} at seq ${seq}`;
    this.#host.dispute(origin, { code: 'history_differs', message });
  }

  #closePastLimit(): void {
    this.#host.close('past_limit', `a frontier of more than ${SYNC_LIMITS.frontierLogsMax} logs`);
  }
}
