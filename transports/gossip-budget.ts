/** Bytes of gossip that one peer may send at once, and for each second after that. */
export const GOSSIP_BURST_BYTES = 1024 * 1024;
export const GOSSIP_BYTES_PER_SECOND = 256 * 1024;

/** What each packet costs besides its bytes: so small ones are limited too. */
export const GOSSIP_PACKET_BYTES = 128;

/**
 * How much gossip is listened to from one peer: a bucket of {@link GOSSIP_BURST_BYTES} tokens that is filled again
 * by {@link GOSSIP_BYTES_PER_SECOND}. Gossipsub remembers each message that it has looked at for a while, also those
 * that come to nothing, so what a peer can send decides how much memory it can take (fact 25).
 */
export class GossipBudget {
  #bytes = GOSSIP_BURST_BYTES;
  #atMs: number;

  /** @param nowMs time on a monotonic clock */
  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Takes a packet of so many bytes; false, and nothing is taken, when that is more than is left. */
  take(bytes: number, nowMs: number): boolean {
    const gained = ((nowMs - this.#atMs) / 1_000) * GOSSIP_BYTES_PER_SECOND;
    this.#bytes = Math.min(GOSSIP_BURST_BYTES, this.#bytes + Math.max(0, gained));
    this.#atMs = nowMs;
    const cost = bytes + GOSSIP_PACKET_BYTES;
    if (cost > this.#bytes) return false;
    this.#bytes -= cost;
    return true;
  }
}
