import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { type FrontierEntry, isAhead, isContradiction } from './frontier.ts';
import { LazyLogs } from './lazy-logs.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { SessionView } from './session-view.ts';

/** Codes of disputes that may be over later, unlike those over what the remote has signed or sent. */
const PASSING_FAULTS: readonly string[] = ['stalled', 'slow', 'withheld'];

/** What others may know of a {@link RemoteFrontier}. */
export type RemoteLogs = Pick<
  RemoteFrontier,
  'entry' | 'reach' | 'disputed' | 'ahead' | 'lacking' | 'offers'
>;

/** What is known of the remote's logs in one session, and on which of them it is not believed. */
export class RemoteFrontier {
  /** Which logs it comes by without this side. */
  readonly lazy: LazyLogs = new LazyLogs();
  readonly #view: SessionView;
  readonly #entries = new Map<Origin, FrontierEntry>();
  /** Logs of which the remote said more than is published here. */
  readonly #lacking = new Set<Origin>();
  /** Positions that others say the remote holds. */
  readonly #supposed = new Map<Origin, FrontierEntry>();
  readonly #disputed = new Map<Origin, Fault>();

  constructor(view: SessionView) {
    this.#view = view;
  }

  /** Position at which the remote is known to hold a log. */
  entry(origin: Origin): FrontierEntry | undefined {
    return this.#entries.get(origin);
  }

  /** Position at which the remote is known or said to hold a log. */
  reach(origin: Origin): FrontierEntry | undefined {
    const [stated, supposed] = [this.#entries.get(origin), this.#supposed.get(origin)];
    return supposed !== undefined && isAhead(supposed, stated) ? supposed : stated;
  }

  /** Disputed logs, and why. */
  get disputed(): ReadonlyMap<Origin, Fault> {
    return this.#disputed;
  }

  /** How many logs are {@link lacking}, or were when they were last looked through. */
  get lackingCount(): number {
    return this.#lacking.size;
  }

  /** Logs of which the remote has said more than is committed here, whether they can be asked for or not. */
  *lacking(): Iterable<Origin> {
    for (const origin of this.#lacking) {
      const entry = this.#entries.get(origin);
      if (entry !== undefined && isAhead(entry, this.#view.frontier.entry(origin))) yield origin;
      else this.#lacking.delete(origin);
    }
  }

  /** Whether what the remote said of a log is verified here, and being committed. */
  isArriving(origin: Origin): boolean {
    const entry = this.#entries.get(origin);
    return entry !== undefined && !isAhead(entry, this.#view.held(origin));
  }

  /** Logs that the remote can be asked for: it holds more than this replica, and is believed on them. */
  *ahead(): Iterable<Origin> {
    for (const origin of this.lacking()) if (this.offers(origin)) yield origin;
    yield* this.hinted();
  }

  /** Those that are {@link ahead} by what others say of the remote alone. */
  *hinted(): Iterable<Origin> {
    for (const origin of this.#supposed.keys()) {
      if (!this.#lacking.has(origin) && this.offers(origin)) yield origin;
    }
  }

  /**
   * Whether the remote can be asked for a log. One whose history cannot be the one that is held is not asked for:
   * nothing of it comes next here. A frozen one is asked for only by who knows the proof, and lacks some of the part
   * that counts.
   */
  offers(origin: Origin): boolean {
    const entry = this.reach(origin);
    const held = this.#view.held(origin);
    if (entry === undefined || this.#disputed.has(origin)) return false;
    if (!entry.frozen) return held === undefined || (isAhead(entry, held) && !isContradiction(entry, held));
    const isKnown = this.#view.verdict(origin) !== undefined;
    return isKnown && held?.frozen !== true && entry.seq > (held?.seq ?? 0);
  }

  /**
   * Notes a position that the remote has stated; one that is not ahead of what is known changes nothing.
   * @returns false when there are too many logs
   */
  learn(entry: FrontierEntry): boolean {
    const { origin } = entry;
    const known = this.#entries.get(origin);
    if (known === undefined && this.#entries.size >= SYNC_LIMITS.frontierLogsMax) return false;
    if (!isAhead(entry, known)) return true;
    this.#entries.set(origin, entry);
    this.lazy.holds(entry);
    if (isAhead(entry, this.#view.frontier.entry(origin))) this.#lacking.add(origin);
    return true;
  }

  /** Notes that a position is published here, so that it may not be lacking any more. */
  published(entry: FrontierEntry): void {
    const known = this.#entries.get(entry.origin);
    if (known === undefined || !isAhead(known, entry)) this.#lacking.delete(entry.origin);
  }

  /** Notes a position that the remote is said to hold, the newest for each log; of too many the oldest goes. */
  suppose(entry: FrontierEntry): void {
    if (!isAhead(entry, this.#supposed.get(entry.origin))) return;
    this.#supposed.delete(entry.origin);
    this.#supposed.set(entry.origin, entry);
    const [oldest] = this.#supposed.keys();
    if (this.#supposed.size > SYNC_LIMITS.supposedMax && oldest !== undefined) this.#supposed.delete(oldest);
  }

  /**
   * Notes that the remote sent nothing of a log that it was asked for; what was supposed of it is forgotten.
   * @returns whether it had stated itself that it holds more
   */
  deny(origin: Origin): boolean {
    this.#supposed.delete(origin);
    return this.offers(origin);
  }

  /** Notes that the remote is not believed on a log. */
  dispute(origin: Origin, fault: Fault): void {
    this.#disputed.set(origin, fault);
  }

  /** Ends the dispute over a log. */
  settle(origin: Origin): void {
    this.#disputed.delete(origin);
  }

  /** What the remote was late with has come after all. */
  excuse(origin: Origin): void {
    if (this.#disputed.get(origin)?.code === 'stalled') this.#disputed.delete(origin);
  }

  /** Ends the disputes over what was only late, of some logs. */
  forgive(concerns: (origin: Origin) => boolean): void {
    for (const [origin, { code }] of this.#disputed) {
      if (PASSING_FAULTS.includes(code) && concerns(origin)) this.#disputed.delete(origin);
    }
  }
}
