import type { ReplicaState } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { Copies } from './copies.ts';
import { backTo, type Histories } from './histories.ts';
import { addTo, type Lanes, noLanes } from './lanes.ts';
import type { WatchedDevice } from './watched-device.ts';

/**
 * What a device has applied, as one key. Of most logs the length tells what is in them; of those with several
 * histories, and of the device's own, whose newest records a crash can take away before anybody knows of them, it is
 * known once the device has told of it.
 */
export class AppliedSet {
  readonly #device: WatchedDevice;
  readonly #copies: Copies;
  readonly #histories: Histories;
  #replica: ReplicaState | undefined;
  #doubts = 0;
  /** By their position in the replica's list, which only grows: what is in the key of each log. */
  #parts: { readonly origin: Origin; readonly log: number; first: number; second: number; seq: number }[] =
    [];
  #key: Lanes = noLanes();

  constructor(device: WatchedDevice, copies: Copies, histories: Histories) {
    this.#device = device;
    this.#copies = copies;
    this.#histories = histories;
  }

  /** Undefined while it is not known what is in it. Valid until the next call. */
  key(): Lanes | undefined {
    const { engine } = this.#device;
    const { replica } = engine;
    if (replica !== this.#replica || this.#histories.doubts !== this.#doubts) this.#begin(replica);
    let at = 0;
    for (const [origin, seq] of replica.applied()) {
      const part = this.#parts[at];
      at += 1;
      if (part?.seq === seq) continue;
      if (!this.#advance(at - 1, origin, seq)) return undefined;
    }
    const key = { ...this.#key };
    for (const fork of engine.forks()) addTo(key, -1 - this.#histories.log(fork.origin).number, fork.seq);
    return key;
  }

  #begin(replica: ReplicaState): void {
    this.#replica = replica;
    this.#doubts = this.#histories.doubts;
    this.#parts = [];
    this.#key = noLanes();
  }

  #advance(at: number, origin: Origin, seq: number): boolean {
    const log = this.#histories.log(origin);
    const copy = this.#copies.of(origin);
    if (seq > copy.told.seq && (log.isDoubtful || this.#copies.isOwn(origin))) return false;
    const before = this.#parts[at];
    if (before !== undefined) addTo(this.#key, before.first, before.second, before.seq > 0 ? -1 : 0);
    const [first, second] = log.isDoubtful ? [backTo(copy.told, seq).number, 0] : [log.number, seq];
    const part = { origin, log: log.number, first, second, seq };
    this.#parts[at] = part;
    addTo(this.#key, first, second, seq > 0 ? 1 : 0);
    return true;
  }
}
