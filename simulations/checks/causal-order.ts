import type { Origin, PlacedEvent } from '../../protocol/event/index.ts';
import type { Copies } from './copies.ts';
import { backTo, type Histories } from './histories.ts';
import { LaterThanSeen } from './later-than-seen.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/**
 * That a device applies nothing before what it has seen (S5), and nothing that nobody has written (S3); and that what it
 * writes itself comes after what it has seen in the total order too (S12).
 */
export class CausalOrder {
  readonly #histories: Histories;
  readonly #note: Note;
  readonly #times = new LaterThanSeen();

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
    if (!copies.isOwn(origin)) this.#times.applied(device, found, event);
    else if (!found.log.isDoubtful) this.#lookAtTime(device, copies, event);
    for (const other of Object.keys(seen)) {
      const log = other as Origin;
      const highest = seen[other] ?? 0;
      const { told } = copies.of(log);
      if (highest <= told.seq || told.seq >= lastBeforeFork(device, log)) continue;
      this.#note('S5', number, `applies ${origin} ${seq} before ${log} ${highest}, which it has seen`);
    }
  }

  #lookAtTime(device: WatchedDevice, copies: Copies, event: PlacedEvent): void {
    const cause = this.#times.seenLater(device, copies, event);
    if (cause === undefined) return;
    const times = `${event.timestamp} is no later than ${cause.timestamp}`;
    const places = `${event.origin} ${event.seq} at a time before ${cause.origin} ${cause.seq}`;
    this.#note('S12', device.number, `writes ${places}, which it has seen: ${times}`);
  }
}

const lastBeforeFork = ({ engine }: WatchedDevice, log: Origin): number => {
  for (const fork of engine.forks()) if (fork.origin === log) return fork.seq - 1;
  return Number.POSITIVE_INFINITY;
};
