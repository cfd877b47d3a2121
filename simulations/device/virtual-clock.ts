/** Wall clock of a run when it begins, in ms since 1970. */
export const WORLD_BEGIN_MS = 1_700_000_000_000;

/** The wall clock of one device: ahead or behind, faster or slower than virtual time, and set now and then. */
export class VirtualClock {
  #aheadMs: number;
  readonly #driftPpm: number;

  constructor(aheadMs: number, driftPpm: number) {
    this.#aheadMs = aheadMs;
    this.#driftPpm = driftPpm;
  }

  /** What it shows, in ms since 1970. */
  readMs(nowUs: number): number {
    return (
      WORLD_BEGIN_MS + this.#aheadMs + Math.floor((nowUs * (1_000_000 + this.#driftPpm)) / 1_000_000_000)
    );
  }

  /** The first virtual time from now on at which it shows so much or more, if nobody sets it. */
  whenUs(timeMs: number, nowUs: number): number {
    const passedMs = timeMs - WORLD_BEGIN_MS - this.#aheadMs;
    const atUs = Math.ceil((passedMs * 1_000_000_000) / (1_000_000 + this.#driftPpm));
    return Math.max(nowUs, atUs);
  }

  /** Sets it forward, or back. */
  step(byMs: number): void {
    this.#aheadMs += byMs;
  }
}
