import type { DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import type { VerifiedRange } from '../manifest/index.ts';
import { SYNC_LIMITS } from '../sync/index.ts';

/** A segment whose predecessor is not here, verified but for its place in the log. */
export interface ShelvedSegment {
  readonly peer: DeviceId;
  readonly range: VerifiedRange;
}

/** Segments that came before their predecessor. */
export class SegmentShelf {
  readonly #logs = new Map<Origin, Map<number, ShelvedSegment>>();

  /** Segments kept, of all logs. */
  get size(): number {
    return [...this.#logs.values()].reduce((size, log) => size + log.size, 0);
  }

  /** Whether there is room. What is asked for has room, but for what others took that came later than was waited for. */
  get hasRoom(): boolean {
    return this.size < SYNC_LIMITS.aheadSegmentsMax;
  }

  /** Keeps a segment. */
  put(shelved: ShelvedSegment): void {
    const { origin, segment } = shelved.range.manifest;
    const log = this.#logs.get(origin) ?? new Map<number, ShelvedSegment>();
    this.#logs.set(origin, log.set(segment, shelved));
  }

  /** Segments of a log that are kept. */
  segments(origin: Origin): Iterable<number> {
    return this.#logs.get(origin)?.keys() ?? [];
  }

  /** Hands out a segment and forgets it. */
  take(origin: Origin, segment: number): ShelvedSegment | undefined {
    const log = this.#logs.get(origin);
    const shelved = log?.get(segment);
    log?.delete(segment);
    if (log?.size === 0) this.#logs.delete(origin);
    return shelved;
  }

  /** Forgets what is kept of a log. */
  drop(origin: Origin): void {
    this.#logs.delete(origin);
  }

  /** Forgets everything. */
  clear(): void {
    this.#logs.clear();
  }
}
