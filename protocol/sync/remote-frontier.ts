import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { type FrontierEntry, isAhead } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';

/** Codes of disputes that may be over later, unlike those over what the remote has signed or sent. */
const PASSING_FAULTS: readonly string[] = ['stalled', 'withheld'];

/** What is known of the remote's logs in one session, and on which of them it is not believed. */
export class RemoteFrontier {
  readonly #entries = new Map<Origin, FrontierEntry>();
  /** Positions that others say the remote holds. */
  readonly #supposed = new Map<Origin, FrontierEntry>();
  readonly #disputed = new Map<Origin, Fault>();
  readonly #held: (origin: Origin) => FrontierEntry | undefined;

  /** @param held how far this replica holds a log */
  constructor(held: (origin: Origin) => FrontierEntry | undefined) {
    this.#held = held;
  }

  /** Position at which the remote is known to hold a log. */
  entry(origin: Origin): FrontierEntry | undefined {
    return this.#entries.get(origin);
  }

  /** Disputed logs, and why. */
  get disputed(): ReadonlyMap<Origin, Fault> {
    return this.#disputed;
  }

  /** Logs of which the remote holds more than this replica, disputed ones left out. */
  *ahead(): Iterable<Origin> {
    for (const origin of this.#entries.keys()) {
      if (this.#isAhead(origin) && !this.#disputed.has(origin)) yield origin;
    }
    for (const [origin, entry] of this.#supposed) {
      if (this.#isAhead(origin)) continue;
      if (isAhead(entry, this.#held(origin)) && !this.#disputed.has(origin)) yield origin;
    }
  }

  /**
   * Notes a position that the remote has stated; an earlier one than is known changes nothing.
   * @returns false when there are too many logs
   */
  learn(entry: FrontierEntry): boolean {
    const known = this.#entries.get(entry.origin);
    if (known === undefined && this.#entries.size >= SYNC_LIMITS.frontierLogsMax) return false;
    if (isAhead(entry, known)) this.#entries.set(entry.origin, entry);
    return true;
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
    return this.#isAhead(origin);
  }

  /** Notes that the remote is not believed on a log. */
  dispute(origin: Origin, fault: Fault): void {
    this.#disputed.set(origin, fault);
  }

  /** Ends the disputes over what was only late. */
  forgive(): void {
    for (const [origin, { code }] of this.#disputed) {
      if (PASSING_FAULTS.includes(code)) this.#disputed.delete(origin);
    }
  }

  /** Whether the remote has stated that it holds more of a log than this replica. */
  #isAhead(origin: Origin): boolean {
    const entry = this.#entries.get(origin);
    return entry !== undefined && isAhead(entry, this.#held(origin));
  }
}
