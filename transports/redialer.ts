import { BACKOFF_MAX_MS, backoffMs, STABLE_MS } from './backoff.ts';
import type { Whereabouts } from './reach.ts';

/** Someone to reach: a device, or an address of whoever listens there. */
export interface RedialTarget extends Whereabouts {
  readonly key: string;
}

export interface RedialerInit {
  /** Everyone who should be connected and is not, as of now. */
  targets(): readonly RedialTarget[];
  /** The one of them that has this key. */
  target(key: string): RedialTarget | undefined;
  /**
   * Connects; rejects when no address answers.
   * @param tries how often that was tried since the target was last connected
   */
  dial(target: RedialTarget, signal: AbortSignal, tries: number): Promise<void>;
  /** From 0 up to 1. */
  random(): number;
}

interface Entry {
  /** What the back-off follows from. */
  failures: number;
  /** Dials since the peer last came up. */
  tries: number;
  /** When the peer last came up, on the monotonic clock in ms; undefined while it is down. */
  upSinceMs: number | undefined;
  timer: NodeJS.Timeout | undefined;
  dialing: boolean;
}

/**
 * Tries again and again to reach everyone who should be connected, each with a back-off of its own. libp2p's
 * own reconnection gives a peer up after five failures (fact 5), and so isn't used.
 */
export class Redialer {
  readonly #init: RedialerInit;
  readonly #entries = new Map<string, Entry>();
  #stopping: AbortController | undefined;

  constructor(init: RedialerInit) {
    this.#init = init;
  }

  start(): void {
    if (this.#stopping !== undefined) return;
    this.#stopping = new AbortController();
    this.now();
  }

  /** Ends dials under way and forgets every back-off. */
  stop(): void {
    this.#stopping?.abort();
    this.#stopping = undefined;
    for (const entry of this.#entries.values()) clearTimeout(entry.timer);
    this.#entries.clear();
  }

  /** To call whenever the targets may have changed: plans a dial for each that has none planned. */
  refresh(): void {
    if (this.#stopping === undefined) return;
    for (const target of this.#init.targets()) {
      const known = this.#entries.get(target.key);
      // Someone new is dialled at once; someone who was tried or lost before waits for the back-off.
      if (known === undefined) this.#plan(target.key, this.#entry(target.key), 0);
      else this.#planAgain(target.key, known);
    }
  }

  /** Forgets the back-off of some targets, or of all, and dials at once. */
  now(keys: Iterable<string> = this.#entries.keys()): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      reset(entry);
      if (this.#stopping !== undefined) this.#plan(key, entry, 0);
    }
    this.refresh();
  }

  /** A peer is connected and of use, whatever target it was. There may be another one now: to be connected better. */
  up(keys: readonly string[]): void {
    for (const entry of keys.map((key) => this.#entry(key))) {
      entry.upSinceMs = performance.now();
      entry.tries = 0;
    }
    this.refresh();
  }

  /** A peer was lost; how long it had been up decides where its back-off goes on. */
  down(keys: readonly string[]): void {
    for (const entry of keys.map((key) => this.#entry(key))) {
      if (entry.upSinceMs !== undefined && performance.now() - entry.upSinceMs >= STABLE_MS) reset(entry);
      entry.upSinceMs = undefined;
    }
    this.refresh();
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { failures: 0, tries: 0, upSinceMs: undefined, timer: undefined, dialing: false };
    this.#entries.set(key, entry);
    return entry;
  }

  #planAgain(key: string, entry: Entry): void {
    this.#plan(key, entry, backoffMs(entry.failures, this.#init.random));
  }

  #plan(key: string, entry: Entry, delayMs: number): void {
    if (entry.timer !== undefined || entry.dialing) return;
    entry.timer = setTimeout(() => void this.#try(key, entry), Math.min(delayMs, BACKOFF_MAX_MS)).unref();
  }

  async #try(key: string, entry: Entry): Promise<void> {
    entry.timer = undefined;
    const stopping = this.#stopping;
    const target = this.#init.target(key);
    if (stopping === undefined || target === undefined) return;
    entry.dialing = true;
    // Every try counts as failed until its connection has lasted: a peer that hangs up at once is no success.
    entry.failures += 1;
    entry.tries += 1;
    try {
      await this.#init.dial(target, stopping.signal, entry.tries - 1);
    } catch {
      // The dial has told why, to whom it concerns; here it only matters that the target stays one.
    } finally {
      entry.dialing = false;
    }
    // After a success it is no target any more, unless the connection is already lost again.
    if (!stopping.signal.aborted && this.#init.target(key) !== undefined) this.#planAgain(key, entry);
  }
}

/** Forgets the back-off of a target, and what was planned by it. */
const reset = (entry: Entry): void => {
  clearTimeout(entry.timer);
  entry.timer = undefined;
  entry.failures = 0;
};
