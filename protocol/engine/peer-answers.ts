import type { DeviceId } from '../crypto/index.ts';
import { type Question, SYNC_LIMITS, type SyncSession } from '../sync/index.ts';

/** What answering needs from the sessions. */
export interface PeerAnswersHost {
  /** The session with a peer, if there is one. */
  session(peer: DeviceId): SyncSession | undefined;
  /** Reads the answer to a question; it comes back through {@link PeerAnswers.end}. */
  readAnswer(peer: DeviceId, question: Question): void;
}

/** How many questions of a peer were read since a point in time. */
interface Window {
  readonly sinceMs: number;
  readonly reads: number;
}

/**
 * Has the questions of peers answered: for each peer one at a time, and no more than
 * {@link SYNC_LIMITS.answersPerWindow} in a while, whatever sessions it begins. Those beyond wait.
 */
export class PeerAnswers {
  readonly #host: PeerAnswersHost;
  /** For each peer the session that the read under way is for; it may have ended since. */
  readonly #reads = new Map<DeviceId, SyncSession>();
  readonly #windows = new Map<DeviceId, Window>();
  /** Peers whose question waits for their next window. */
  readonly #waiting = new Set<DeviceId>();

  constructor(host: PeerAnswersHost) {
    this.#host = host;
  }

  /** Has what a peer's session is asked read, if that may be now. */
  begin(peer: DeviceId, nowMs: number): void {
    const session = this.#host.session(peer);
    const question = session?.asked;
    this.#waiting.delete(peer);
    if (session === undefined || question === undefined || this.#reads.has(peer)) return;
    const { sinceMs, reads } = this.#window(peer, nowMs);
    if (reads >= SYNC_LIMITS.answersPerWindow) {
      this.#waiting.add(peer);
      return;
    }
    this.#windows.set(peer, { sinceMs, reads: reads + 1 });
    this.#reads.set(peer, session);
    this.#host.readAnswer(peer, question);
  }

  /** What came of a read; returns the session that it is for, unless that has ended. */
  end(peer: DeviceId): SyncSession | undefined {
    const session = this.#reads.get(peer);
    this.#reads.delete(peer);
    return session !== undefined && this.#host.session(peer) === session ? session : undefined;
  }

  /** Takes up what has waited long enough. */
  tick(nowMs: number): void {
    for (const peer of [...this.#waiting]) this.begin(peer, nowMs);
  }

  /** When a question that waits may be read, in ms since 1970; undefined when none waits. */
  get deadlineMs(): number | undefined {
    const ends = [...this.#waiting].map((peer) => (this.#windows.get(peer)?.sinceMs ?? 0) + WINDOW_MS);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  #window(peer: DeviceId, nowMs: number): Window {
    const window = this.#windows.get(peer);
    // The clock may have been set back.
    const isOver = window === undefined || Math.abs(nowMs - window.sinceMs) >= WINDOW_MS;
    return isOver ? { sinceMs: nowMs, reads: 0 } : window;
  }
}

const WINDOW_MS = SYNC_LIMITS.answerWindowMs;
