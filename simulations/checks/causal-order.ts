import type { Origin, PlacedEvent } from '../../protocol/event/index.ts';
import type { Copies } from './copies.ts';
import { backTo, type Histories } from './histories.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** That a device applies nothing before what it has seen (S5), and nothing that nobody has written (S3). */
export class CausalOrder {
  readonly #histories: Histories;
  readonly #note: Note;

  constructor(histories: Histories, note: Note) {
    this.#histories = histories;
    this.#note = note;
  }

  /** A device tells that an event is applied. */
  applied(device: WatchedDevice, copies: Copies, event: PlacedEvent): void {
    const { origin, seq, id, seen = {} } = event;
    const { number } = device;
    const copy = copies.of(origin);
    if (seq !== copy.told.seq + 1) {
      this.#note('S5', number, `applies ${origin} ${seq} after ${copy.told.seq}`);
    }
    const isNext = copy.told.seq === seq - 1;
    const found = isNext ? this.#histories.nextOf(copy.told, id) : backTo(copy.tail, seq);
    if (found === undefined || found.seq !== seq || (!isNext && this.#histories.idOf(found) !== id)) {
      this.#note('S3', number, `applies ${id} at ${origin} ${seq}, which nobody has written there`);
      return;
    }
    found.event ??= event;
    copy.told = found;
    for (const other of Object.keys(seen)) {
      const log = other as Origin;
      const highest = seen[other] ?? 0;
      const { told } = copies.of(log);
      if (highest <= told.seq || told.seq >= lastBeforeFork(device, log)) continue;
      this.#note('S5', number, `applies ${origin} ${seq} before ${log} ${highest}, which it has seen`);
    }
  }
}

const lastBeforeFork = ({ engine }: WatchedDevice, log: Origin): number => {
  for (const fork of engine.forks()) if (fork.origin === log) return fork.seq - 1;
  return Number.POSITIVE_INFINITY;
};
