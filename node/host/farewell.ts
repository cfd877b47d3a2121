import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Engine } from '../../protocol/engine/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import type { Membership } from '../../protocol/membership/index.ts';
import type { EngineHost } from './engine-host.ts';

/** How long a device that has just been revoked stays connected at most, in ms, to receive what says so. */
const FAREWELL_MS = 2_000;

/**
 * Lets a device that is connected when it is revoked stay until it holds the event that revokes it. Otherwise it would
 * never learn of it, as nobody talks to it any more, and go on writing what counts nowhere.
 */
export class Farewells {
  readonly #host: Pick<EngineHost, 'engine' | 'until'>;
  readonly #changed: () => void;
  readonly #timeoutMs: number;
  /** Revoked devices that are known of. */
  readonly #known: Set<DeviceId>;
  readonly #staying = new Set<DeviceId>();
  readonly #stop = new AbortController();

  /** @param changed called when a device may stay no longer */
  constructor(
    host: Pick<EngineHost, 'engine' | 'until'>,
    changed: () => void,
    timeoutMs: number = FAREWELL_MS,
  ) {
    this.#host = host;
    this.#changed = changed;
    this.#timeoutMs = timeoutMs;
    this.#known = new Set(host.engine.membership.former.keys());
  }

  /** Whether a device that is no member any more is still spoken with. */
  has(device: DeviceId): boolean {
    return this.#staying.has(device);
  }

  /** To be called on each change of the membership, before who is no member is hung up on. */
  membershipChanged({ former }: Membership): void {
    // A revocation can be undone by a more senior one, and the device be revoked once more.
    for (const device of this.#known) if (!former.has(device)) this.#known.delete(device);
    for (const [device, { revokedAt }] of former) {
      if (this.#known.has(device)) continue;
      this.#known.add(device);
      if (isConnected(this.#host.engine, device)) void this.#stay(device, revokedAt);
    }
  }

  /** Lets nobody stay any more. */
  stop(): void {
    this.#stop.abort();
  }

  async #stay(device: DeviceId, revokedAt: Place): Promise<void> {
    this.#staying.add(device);
    const { engine } = this.#host;
    const signal = AbortSignal.any([AbortSignal.timeout(this.#timeoutMs), this.#stop.signal]);
    try {
      await this.#host.until(() => !isConnected(engine, device) || isTold(engine, device, revokedAt), signal);
    } catch {
      // The time is over.
    }
    this.#staying.delete(device);
    if (!this.#stop.signal.aborted) this.#changed();
  }
}

const isConnected = (engine: Engine, device: DeviceId): boolean =>
  [...engine.peers()].some((peer) => peer.device === device);

/** Whether a device holds what revokes it, as far as it has said. */
const isTold = (engine: Engine, device: DeviceId, { origin, seq }: Place): boolean => {
  const isPublished = [...engine.frontier()].some((entry) => entry.origin === origin && entry.seq >= seq);
  return isPublished && [...engine.peers()].some((peer) => peer.device === device && peer.lag === 0);
};
