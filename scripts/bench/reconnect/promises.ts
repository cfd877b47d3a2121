import { costOf, type Promised } from '../../../test/support/differences.ts';
import type { Meeting } from '../../../test/support/wired-pair.ts';

/** By how much a cost may vary with the number of events: numbers get longer, trees and last segments differ. */
const GROWTH = { bytes: 128, share: 0.25 } as const;

/** What was measured of the promises in docs/protocol/sync.md, and whether they are kept. */
export class Promises {
  /** Costs of the same difference with other numbers of events. */
  readonly #costs = new Map<string, number[]>();
  readonly #broken: string[] = [];

  /** @param flat whether the cost must not grow with the number of events */
  add(name: string, events: number, { broken }: Promised, meeting: Meeting, flat: boolean): void {
    if (flat) this.#costs.set(name, [...(this.#costs.get(name) ?? []), costOf(meeting)]);
    const how = broken(meeting);
    if (how !== undefined) this.#broken.push(`${name}, ${events.toLocaleString('en')} events: ${how}`);
  }

  addFault(fault: string): void {
    this.#broken.push(fault);
  }

  /** How promises are broken; empty when all are kept. */
  broken(): readonly string[] {
    const grown = [...this.#costs].flatMap(([name, list]) => {
      const [least, most] = [Math.min(...list), Math.max(...list)];
      const kept = most - least <= Math.max(GROWTH.bytes, GROWTH.share * least);
      return kept ? [] : [`${name}: the cost differs between sizes, from ${least} to ${most} bytes`];
    });
    return [...this.#broken, ...grown];
  }
}
