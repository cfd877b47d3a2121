import { Agenda } from '../agenda/index.ts';
import type { SessionSpan } from '../network/index.ts';

/**
 * The earliest time at which word from a device can have come to each other one, over the sessions that there were, if
 * every device passed it on at once and every frame took the least time: what no protocol can be faster than.
 * (Earliest-arrival paths; B. Bui Xuan, A. Ferreira, A. Jarry, "Computing shortest, fastest, and foremost journeys in
 * dynamic networks", 2003.)
 */
export class Floor {
  readonly #spansOf: readonly (readonly SessionSpan[])[];

  constructor(devices: number, spans: readonly SessionSpan[]) {
    const spansOf = Array.from({ length: devices }, (): SessionSpan[] => []);
    for (const span of spans) {
      spansOf[span.a]?.push(span);
      spansOf[span.b]?.push(span);
    }
    this.#spansOf = spansOf;
  }

  /** For each device the time, in virtual microseconds; infinite for those that cannot be reached. */
  arrivals(from: number, atUs: number): Float64Array {
    const arrivals = new Float64Array(this.#spansOf.length).fill(Number.POSITIVE_INFINITY);
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
    for (const { a, b, fromUs, toUs, minUs } of this.#spansOf[device] ?? []) {
      const arrivesUs = Math.max(timeUs, fromUs) + minUs;
      if (arrivesUs <= toUs) reach(a === device ? b : a, arrivesUs);
    }
  }
}
