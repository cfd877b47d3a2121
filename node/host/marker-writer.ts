import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Commit } from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';
import type { Marker } from '../home/index.ts';

/** From one replacement of the file to the next: it takes as much of the machine as a commit does. */
const PAUSE_MS = 100;

/**
 * Notes outside of the home how far this device's own logs have come, a moment after they have. What is noted within a
 * pause goes into one replacement.
 */
export class MarkerWriter {
  readonly #device: DeviceId;
  readonly #marker: Marker;
  readonly #failed: (error: Error) => void;
  #reached: Record<Origin, Seq> = {};
  #timer: NodeJS.Timeout | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #replacing: Promise<void> = Promise.resolve();

  /** @param failed told when the file cannot be replaced */
  constructor(device: DeviceId, marker: Marker, failed: (error: Error) => void) {
    this.#device = device;
    this.#marker = marker;
    this.#failed = failed;
  }

  /** A commit is written. */
  note({ logs }: Commit): void {
    const own = logs.filter(({ tail }) => tail.manifest.keyId === this.#device);
    for (const { origin, tail } of own) {
      this.#reached[origin] = tail.manifest.firstSeq + tail.manifest.events - 1;
    }
    if (own.length === 0 || this.#timer !== undefined) return;
    const dueMs = this.#lastMs + PAUSE_MS - performance.now();
    this.#timer = setTimeout(() => this.#replace(), Math.max(0, dueMs));
  }

  /** Resolves when all that was noted is in the file. */
  async settle(): Promise<void> {
    if (this.#timer !== undefined) this.#replace();
    await this.#replacing;
  }

  #replace(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastMs = performance.now();
    const reached = this.#reached;
    this.#reached = {};
    this.#replacing = this.#marker.advance(reached).catch(this.#failed);
  }
}
