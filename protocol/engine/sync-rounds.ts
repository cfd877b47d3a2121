import { utf8Encode } from '../bytes/index.ts';
import type { Crypto, DeviceId } from '../crypto/index.ts';
import { isDue, SYNC_LIMITS } from '../sync/index.ts';

/** Longest time between two rounds of anti-entropy. */
const ROUND_MS_MAX = SYNC_LIMITS.antiEntropyMs * 1.5;

/** When the next round of anti-entropy is due, and with which peer: they take turns. */
export class SyncRounds {
  readonly #crypto: Crypto;
  readonly #device: DeviceId;
  #round = 0;
  #nextMs: number | undefined;

  /** @param device this one: rounds of different devices are at different times */
  constructor(crypto: Crypto, device: DeviceId) {
    this.#crypto = crypto;
    this.#device = device;
  }

  /** When the next round is due, in ms since 1970; undefined while nobody is there. */
  get deadlineMs(): number | undefined {
    return this.#nextMs;
  }

  /** Somebody is there from now on. */
  begin(nowMs: number): void {
    this.#nextMs ??= this.#after(nowMs);
  }

  /** The peer that a round is due with now; the next round is after that. */
  take<Peer>(peers: readonly Peer[], nowMs: number): Peer | undefined {
    if (this.#nextMs === undefined || !isDue(this.#nextMs, nowMs, ROUND_MS_MAX)) return undefined;
    this.#round += 1;
    this.#nextMs = peers.length === 0 ? undefined : this.#after(nowMs);
    return peers[this.#round % peers.length];
  }

  /** A jittered time, half to one and a half of the mean, that differs between devices and rounds. */
  #after(nowMs: number): number {
    const seed = this.#crypto.sha256(utf8Encode(`${this.#device} ${this.#round}`));
    const share = ((seed[0] ?? 0) * 256 + (seed[1] ?? 0)) / 65_536;
    return nowMs + Math.round(SYNC_LIMITS.antiEntropyMs * (0.5 + share));
  }
}
