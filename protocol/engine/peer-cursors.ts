import type { JsonValue } from '../bytes/index.ts';
import type { DeviceId } from '../crypto/index.ts';
import type { Cursor } from '../sync/index.ts';
import { stateKey } from './state-keys.ts';
import type { StateOverlay } from './state-overlay.ts';

/**
 * How much of each peer's store is held here: what lets two devices that meet again tell each other just what is
 * new. Losing a cursor, or an older one coming back, costs bytes and nothing else.
 */
export class PeerCursors {
  readonly #overlay: StateOverlay;
  readonly #cursors: Map<DeviceId, Cursor>;
  readonly #changed = new Set<DeviceId>();

  /** @param stored as an image has them */
  constructor(overlay: StateOverlay, stored: readonly (readonly [DeviceId, Cursor])[]) {
    this.#overlay = overlay;
    this.#cursors = new Map(stored);
  }

  get(device: DeviceId): Cursor | undefined {
    return this.#cursors.get(device);
  }

  set(device: DeviceId, cursor: Cursor): void {
    this.#cursors.set(device, cursor);
    this.#changed.add(device);
  }

  /** The rows have been thrown away: all are to be written again. */
  renew(): void {
    for (const device of this.#cursors.keys()) this.#changed.add(device);
  }

  /** Puts what has changed into the overlay, for a commit. */
  save(): void {
    for (const device of this.#changed) {
      const cursor = this.#cursors.get(device);
      if (cursor !== undefined) this.#overlay.put(stateKey.cursor(device), cursor as unknown as JsonValue);
    }
    this.#changed.clear();
  }
}
