import type { EventId } from '../../protocol/event/index.ts';
import type { Passage } from '../network/index.ts';
import { median } from '../statistics/index.ts';
import { Floor } from './floor.ts';
import type { Sighting } from './visibility.ts';

/** Events of which it is kept where they were seen; with more, every second one is let go. */
const EVENTS_MAX = 1_000;

/** How long an event took to be seen on another device, and the least that it can have taken. */
export interface Journey {
  readonly tookUs: number;
  /** Over the sessions that there were; more than 0. */
  readonly leastUs: number;
}

interface Seen {
  readonly number: number;
  readonly sightings: Sighting[];
}

/** How much longer events take to be seen than they have to: of a sample, evenly many of all events of a run. */
export class Stretch {
  readonly #seen = new Map<EventId, Seen>();
  #every = 1;
  #events = 0;

  /** Takes up that an event can be seen; on the device of its author first. */
  visible(sighting: Sighting): void {
    const { event, author, device } = sighting;
    if (device !== author) {
      this.#seen.get(event)?.sightings.push(sighting);
      return;
    }
    const number = this.#events;
    this.#events += 1;
    if (number % this.#every === 0) this.#seen.set(event, { number, sightings: [] });
    if (this.#seen.size > EVENTS_MAX) this.#thin();
  }

  /** All pairs of an event of the sample and a device that is not its author's and could have learnt of it. */
  journeys(devices: number, passages: readonly Passage[]): readonly Journey[] {
    const floor = new Floor(devices, passages);
    return [...this.#seen.values()].flatMap(({ sightings }) => journeysOf(floor, sightings));
  }

  /** The median of what the journeys took, divided by the least. Undefined when there is none. */
  median(devices: number, passages: readonly Passage[]): number | undefined {
    return median(this.journeys(devices, passages).map(({ tookUs, leastUs }) => tookUs / leastUs));
  }

  #thin(): void {
    this.#every *= 2;
    for (const [event, { number }] of this.#seen) if (number % this.#every !== 0) this.#seen.delete(event);
  }
}

/** Of one event. */
const journeysOf = (floor: Floor, sightings: readonly Sighting[]): readonly Journey[] => {
  const [first] = sightings;
  if (first === undefined) return [];
  const arrivals = floor.arrivals(first.author, first.authoredUs);
  return sightings.flatMap(({ authoredUs, device, visibleUs }) => {
    const leastUs = (arrivals[device] ?? Number.POSITIVE_INFINITY) - authoredUs;
    return leastUs > 0 && Number.isFinite(leastUs) ? [{ tookUs: visibleUs - authoredUs, leastUs }] : [];
  });
};
