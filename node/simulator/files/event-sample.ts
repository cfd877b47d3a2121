import type { EventId } from '../../../protocol/event/index.ts';
import type { Plan } from '../../../simulations/index.ts';

/** Lines of a file with one for each event on each device. */
const LINES_MAX = 2_000_000;

/** Chooses evenly many of the events of a run, so that a file with a line for each of them on each device stays small. */
export class EventSample {
  readonly #every: number;
  readonly #chosen = new Map<EventId, boolean>();

  constructor(every: number) {
    this.#every = every;
  }

  /** Of a small run all; else every so many-th of those that are written. */
  static of({ devices, operations }: Pick<Plan, 'devices' | 'operations'>): EventSample {
    const events = operations.reduce(
      (count, operation) => count + (operation.type === 'write' ? operation.drafts.length : 1),
      devices.length,
    );
    return new EventSample(Math.ceil((events * devices.length) / LINES_MAX));
  }

  /** Whether an event is one of them; which ones are follows from the order in which they are first asked for. */
  has(event: EventId): boolean {
    const known = this.#chosen.get(event);
    if (known !== undefined) return known;
    const isChosen = this.#chosen.size % this.#every === 0;
    this.#chosen.set(event, isChosen);
    return isChosen;
  }
}
