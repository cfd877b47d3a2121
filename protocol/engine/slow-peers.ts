import type { DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';

/** For each log, the peers that were slow to send it. The last one that holds it keeps it, however slow. */
export class SlowPeers {
  readonly #slow = new Map<Origin, Set<DeviceId>>();

  /** Notes that a peer was slow; returns all that were, of this log. */
  add(origin: Origin, peer: DeviceId): ReadonlySet<DeviceId> {
    const slow = this.#slow.get(origin) ?? new Set();
    this.#slow.set(origin, slow.add(peer));
    return slow;
  }

  /** A peer is gone. */
  forget(peer: DeviceId): void {
    for (const slow of this.#slow.values()) slow.delete(peer);
  }

  /** Keeps what is noted of the logs that are still asked for. */
  keep(wanted: ReadonlySet<Origin>): void {
    for (const origin of this.#slow.keys()) if (!wanted.has(origin)) this.#slow.delete(origin);
  }
}
