import type { DeviceId } from '../crypto/index.ts';
import { SYNC_LIMITS } from '../sync/index.ts';
import type { SegmentPlace } from './ports.ts';

/** A damaged segment. */
interface Damage {
  readonly place: SegmentPlace;
  state: 'waiting' | 'under way' | 'restoring';
  /** The peer that is being asked. */
  peer: DeviceId | undefined;
  /** Peers that could not help, and from when on they may be asked again. */
  readonly tried: Map<DeviceId, number>;
}

/** Damaged segments of the own store, and which peer is asked for each. */
export class HealingList {
  readonly #damages = new Map<string, Damage>();

  get isEmpty(): boolean {
    return this.#damages.size === 0;
  }

  /** Notes a damaged segment; one that is known already changes nothing. */
  add({ origin, segment }: SegmentPlace): void {
    const name = nameOf({ origin, segment });
    if (this.#damages.has(name)) return;
    this.#damages.set(name, {
      place: { origin, segment },
      state: 'waiting',
      peer: undefined,
      tried: new Map(),
    });
  }

  /** The segment to ask a peer for now, which then is under way; none while the peer is busy with many others. */
  next(peer: DeviceId, nowMs: number): SegmentPlace | undefined {
    const damages = [...this.#damages.values()];
    const busy = damages.filter((damage) => damage.state === 'under way' && damage.peer === peer);
    if (busy.length >= SYNC_LIMITS.healingsPerPeer) return undefined;
    const damage = damages.find(({ state, tried }) => state === 'waiting' && (tried.get(peer) ?? 0) <= nowMs);
    if (damage === undefined) return undefined;
    damage.state = 'under way';
    damage.peer = peer;
    return damage.place;
  }

  /** The peer that was asked could not help, or not with anything that the store takes. */
  failed(place: SegmentPlace, nowMs: number): void {
    const damage = this.#damages.get(nameOf(place));
    if (damage?.peer === undefined) return;
    damage.state = 'waiting';
    damage.tried.set(damage.peer, nowMs + SYNC_LIMITS.antiEntropyMs);
  }

  /** What a peer has sent is being stored. */
  restoring(place: SegmentPlace): void {
    const damage = this.#damages.get(nameOf(place));
    if (damage !== undefined) damage.state = 'restoring';
  }

  /** What a peer had sent is stored. */
  restored(place: SegmentPlace): void {
    const name = nameOf(place);
    if (this.#damages.get(name)?.state === 'restoring') this.#damages.delete(name);
  }

  /** A peer is gone: what it was asked for may be asked of others, and it of anything when it comes back. */
  forget(peer: DeviceId): void {
    for (const damage of this.#damages.values()) {
      damage.tried.delete(peer);
      if (damage.peer === peer && damage.state === 'under way') damage.state = 'waiting';
    }
  }
}

const nameOf = ({ origin, segment }: SegmentPlace): string => `${origin} ${segment}`;
