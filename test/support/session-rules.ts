import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import { creditOf } from '../../protocol/sync/frame.ts';
import { rangeIn, SYNC_LIMITS, type SyncFrame } from '../../protocol/sync/index.ts';
import type { MeshWorld, WorldDevice } from './mesh-world.ts';

type Want = Extract<SyncFrame, { type: 'want' }>;

interface OpenWant {
  readonly origin: Origin;
  /** The segment that is due next. */
  segment: number;
  readonly until: number;
}

/** One direction of a session, seen from the side that asks. */
interface Asking {
  readonly wants: Map<number, OpenWant>;
  /** Bytes of records that the other side has sent and got no credit for. */
  underWay: number;
}

/**
 * Watches what the devices of a world ask and send each other, and notes where that breaks a rule of sessions. For
 * honest devices, and as long as nobody's patience ends.
 */
export class SessionRules {
  readonly broken: string[] = [];
  readonly #world: MeshWorld;
  /** Bytes of records delivered, for each receiver and sender. */
  readonly #recordBytes = new Map<string, number>();
  readonly #askings = new Map<string, Asking>();

  constructor(world: MeshWorld) {
    this.#world = world;
    world.passing = (frame, from, to) => {
      this.#sent(frame, from, to);
      return frame;
    };
    world.arriving = (frame, from, to) => this.#arrived(frame, from, to);
  }

  /** Bytes of records that have reached a device, from one other device or from all. */
  recordBytesTo({ id }: WorldDevice, from?: WorldDevice): number {
    return [...this.#recordBytes]
      .filter(([key]) => key.startsWith(`${id} ${from?.id ?? ''}`))
      .reduce((sum, [, bytes]) => sum + bytes, 0);
  }

  /** Cuts the link of two devices, if there is one. */
  cut(a: number, b: number): void {
    if (!this.#world.isConnected(a, b)) return;
    const [first, second] = [this.#world.device(a).id, this.#world.device(b).id];
    this.#askings.delete(`${first} ${second}`);
    this.#askings.delete(`${second} ${first}`);
    this.#world.disconnect(a, b);
  }

  #sent(frame: SyncFrame, from: WorldDevice, to: WorldDevice): void {
    if (frame.type === 'fault') this.broken.push(`${frame.code}: ${frame.message}`);
    if (frame.type === 'want') this.#wanted(frame, from, to);
    const range = rangeIn(frame);
    if (range === undefined) return;
    const asking = this.#asking(to.id, from.id);
    asking.underWay += creditOf(range.records);
    if (asking.underWay > SYNC_LIMITS.creditBytes) this.broken.push('more records than there is credit for');
  }

  #arrived(frame: SyncFrame, from: WorldDevice, to: WorldDevice): void {
    if (frame.type === 'credit') this.#asking(from.id, to.id).underWay -= frame.bytes;
    const { wants } = this.#asking(to.id, from.id);
    if (frame.type === 'want-end') wants.delete(frame.want);
    const key = `${to.id} ${from.id}`;
    const bytes = creditOf(rangeIn(frame)?.records ?? []);
    this.#recordBytes.set(key, (this.#recordBytes.get(key) ?? 0) + bytes);
    if (frame.type !== 'range') return;
    const want = wants.get(frame.want);
    if (want === undefined) this.broken.push('a range that nobody waits for');
    else if (frame.follows === 'nothing') wants.delete(frame.want);
    else if (frame.follows === 'segment') want.segment += 1;
  }

  #wanted({ want, log, segment, events, until }: Want, from: WorldDevice, to: WorldDevice): void {
    const origin = this.#world.logNamed(log, from, to);
    if (origin === undefined) throw new Error('a want for a log without a name');
    for (const other of this.#wantsOf(from.id)) {
      if (other.origin === origin && segment <= other.until && other.segment <= until) {
        this.broken.push(`segment ${Math.max(segment, other.segment)} of ${origin} is asked for twice`);
      }
    }
    const firstSeq = to.records.manifest(origin, segment)?.firstSeq ?? Number.POSITIVE_INFINITY;
    if (from.records.record(origin, firstSeq + events) !== undefined)
      this.broken.push(`what is stored of ${origin} is asked for`);
    const { wants } = this.#asking(from.id, to.id);
    wants.set(want, { origin, segment, until });
    if (wants.size > SYNC_LIMITS.wantsPerPeer) this.broken.push('too many wants at once');
  }

  *#wantsOf(device: DeviceId): Iterable<OpenWant> {
    for (const [key, { wants }] of this.#askings) if (key.startsWith(`${device} `)) yield* wants.values();
  }

  #asking(asker: DeviceId, peer: DeviceId): Asking {
    const key = `${asker} ${peer}`;
    const asking = this.#askings.get(key) ?? { wants: new Map(), underWay: 0 };
    this.#askings.set(key, asking);
    return asking;
  }
}
