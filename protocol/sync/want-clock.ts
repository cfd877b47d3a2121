import { SYNC_LIMITS } from './limits.ts';

/**
 * How long the answers to wants are waited for. There is one clock for all wants to a remote: it serves them one after
 * the other, so that frames for the first are no sign that the others have stalled.
 */
export class WantClock {
  /** How long nothing may come before what is asked for has stalled. */
  #patienceMs: number = SYNC_LIMITS.wantTimeoutMs;
  /** How long it had been waited already when it stalled last. */
  #graceMs = 0;
  /** When the remote last sent something that was asked for, in ms since 1970. */
  #progressMs = 0;
  /** When it last ended a segment or a want, or was first asked, in ms since 1970. */
  #wholeMs = 0;

  /** When what is asked for has stalled, in ms since 1970. */
  get deadlineMs(): number {
    return this.#progressMs + this.#patienceMs + this.#graceMs;
  }

  /** When the segment that is being sent has taken too long, in ms since 1970. */
  get slowAtMs(): number {
    return this.#wholeMs + SYNC_LIMITS.segmentTimeoutMs;
  }

  /** Whether it has stalled before, and nothing has come since. */
  get isLate(): boolean {
    return this.#graceMs > 0;
  }

  /**
   * Something has come, or the remote was asked while it had nothing to answer.
   * @param isWhole whether it ends a segment or a want
   */
  progress(nowMs: number, isWhole: boolean): void {
    this.#progressMs = nowMs;
    this.#graceMs = 0;
    if (isWhole) this.#wholeMs = nowMs;
  }

  /** Whether the deadline has passed, or the clock was set far back. */
  hasStalled(nowMs: number): boolean {
    return Math.abs(nowMs - this.#progressMs) >= this.#patienceMs + this.#graceMs;
  }

  /**
   * Waits as long again: what is under way on a slow link would have been sent in vain.
   * @returns false when that has been done for long enough
   */
  waitOn(nowMs: number): boolean {
    const waitedMs = Math.abs(nowMs - this.#progressMs);
    if (waitedMs >= this.#patienceMs + SYNC_LIMITS.wantGraceMs) return false;
    this.#graceMs = waitedMs;
    return true;
  }

  /** Whether a segment takes too long; it may take as long again before that is said again. */
  takeSlow(nowMs: number): boolean {
    if (Math.abs(nowMs - this.#wholeMs) < SYNC_LIMITS.segmentTimeoutMs) return false;
    this.#wholeMs = nowMs;
    return true;
  }

  /** The remote answers, later than was waited for: to ask it again and again in the same way would bring nothing. */
  bePatient(): void {
    this.#patienceMs = Math.min(2 * this.#patienceMs, SYNC_LIMITS.wantTimeoutMaxMs);
  }
}
