import type { DeviceId } from '../crypto/index.ts';
import { type PartialSegment, SYNC_LIMITS } from '../sync/index.ts';

/**
 * What had come of segments when connections broke, one for each of the peers that it came from: only with the same one
 * it is gone on with, so that nobody can spoil what another one sends.
 */
export class PartialSegments {
  readonly #parts = new Map<DeviceId, PartialSegment>();

  /** Keeps what came of a peer; of too many the oldest goes. */
  keep(peer: DeviceId, part: PartialSegment): void {
    this.#parts.delete(peer);
    this.#parts.set(peer, part);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > SYNC_LIMITS.partialSegmentsMax && oldest !== undefined) this.#parts.delete(oldest);
  }

  /** Hands out what came of a peer, and forgets it. */
  take(peer: DeviceId): PartialSegment | undefined {
    const part = this.#parts.get(peer);
    this.#parts.delete(peer);
    return part;
  }
}
