import { Agenda } from '../agenda/index.ts';
import type { Passage } from '../network/index.ts';

/**
 * The earliest time at which word from a device can have come to each other one, over the sessions that there were and let frames through, if
 * every device passed it on at once and every frame took the least time: what no protocol can be faster than.
 * (Earliest-arrival paths; B. Bui Xuan, A. Ferreira, A. Jarry, "Computing shortest, fastest, and foremost journeys in
 * dynamic networks", 2003.)
 */
export class Floor {
  readonly #passagesFrom: readonly (readonly Passage[])[];

  constructor(devices: number, passages: readonly Passage[]) {
    const passagesFrom = Array.from({ length: devices }, (): Passage[] => []);
    for (const passage of passages) passagesFrom[passage.from]?.push(passage);
    this.#passagesFrom = passagesFrom;
  }

  /** For each device the time, in virtual microseconds; infinite for those that cannot be reached. */
  arrivals(from: number, atUs: number): Float64Array {
    const arrivals = new Float64Array(this.#passagesFrom.length).fill(Number.POSITIVE_INFINITY);
    const agenda = new Agenda();
    const reach = (device: number, timeUs: number): void => {
      if (timeUs >= (arrivals[device] ?? 0)) return;
      arrivals[device] = timeUs;
      agenda.at(timeUs, () => this.#passOn(device, timeUs, arrivals, reach));
    };
    reach(from, atUs);
    for (let next = agenda.next(); next !== undefined; next = agenda.next()) void next();
    return arrivals;
  }

  #passOn(
    device: number,
    timeUs: number,
    arrivals: Float64Array,
    reach: (device: number, timeUs: number) => void,
  ): void {
    // An earlier way was found meanwhile.
    if (arrivals[device] !== timeUs) return;
    for (const { to, fromUs, toUs, endsUs, minUs } of this.#passagesFrom[device] ?? []) {
      const leavesUs = Math.max(timeUs, fromUs);
      if (leavesUs <= toUs && leavesUs + minUs <= endsUs) reach(to, leavesUs + minUs);
    }
  }
}
