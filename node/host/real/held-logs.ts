import type { EventId, Origin, PlacedEvent, Seq } from '../../../protocol/event/index.ts';
import type { Plan, Sighting } from '../../../simulations/index.ts';

/** How much of each log a device holds at least. */
export type Held = ReadonlyMap<Origin, Seq>;

/** A pair of devices, whichever comes first. */
export const pairOf = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

type Place = Pick<PlacedEvent, 'origin' | 'seq'>;

/** What virtual devices had seen at a time, from the first to the last. */
export class HeldLogs {
  readonly #plan: Pick<Plan, 'devices' | 'links'>;
  readonly #places: ReadonlyMap<EventId, Place>;
  readonly #sightings: readonly Sighting[];
  readonly #held: readonly Map<Origin, Seq>[];
  /** How many sightings are taken in. */
  #count = 0;

  constructor(
    plan: Pick<Plan, 'devices' | 'links'>,
    places: ReadonlyMap<EventId, Place>,
    sightings: readonly Sighting[],
  ) {
    this.#plan = plan;
    this.#places = places;
    this.#sightings = sightings;
    this.#held = plan.devices.map(() => new Map());
  }

  /** What each device had seen before a time, which is no earlier than the one that was asked for last. */
  at(atUs: number): readonly Held[] {
    for (let next = this.#sightings[this.#count]; next && next.visibleUs < atUs; ) {
      const place = this.#places.get(next.event);
      const held = this.#held[next.device];
      if (place !== undefined && held !== undefined) raise(held, place);
      this.#count += 1;
      next = this.#sightings[this.#count];
    }
    return this.#held.map((held) => new Map(held));
  }

  /**
   * The same, and what was on its way then to a device which it could not have reached afterwards: a parting lets go
   * through what was sent before it.
   * @param parted pairs that cannot reach each other from then on, up to another time
   */
  atParting(atUs: number, parted: ReadonlySet<string>, untilUs: number): readonly Held[] {
    const held = this.at(atUs).map((logs) => new Map(logs));
    const groups = groupsOf(this.#plan, parted);
    const common = new Map<number, Map<Origin, Seq>>();
    for (const [device, logs] of held.entries()) {
      const known = common.get(groups[device] ?? 0) ?? new Map<Origin, Seq>();
      common.set(groups[device] ?? 0, known);
      for (const [origin, seq] of logs) raise(known, { origin, seq });
    }
    for (let i = this.#count; (this.#sightings[i]?.visibleUs ?? untilUs) < untilUs; i += 1) {
      const { event, device, authoredUs } = this.#sightings[i] as Sighting;
      const place = this.#places.get(event);
      const known = common.get(groups[device] ?? 0);
      if (place === undefined || known === undefined || authoredUs >= atUs) continue;
      if (place.seq <= (known.get(place.origin) ?? 0)) continue;
      // The first of a group to get it had it on the way; from there it goes to the others.
      raise(known, place);
      raise(held[device] ?? new Map(), place);
    }
    return held;
  }
}

/** For each device the group of those that reach each other, perhaps through others. */
export const groupsOf = (
  { devices, links }: Pick<Plan, 'devices' | 'links'>,
  parted: ReadonlySet<string>,
): readonly number[] => {
  const groups = [...devices.keys()];
  for (const { a, b } of links) {
    const [from, to] = [groups[a] ?? a, groups[b] ?? b];
    if (from === to || parted.has(pairOf(a, b))) continue;
    for (const [device, group] of groups.entries()) if (group === from) groups[device] = to;
  }
  return groups;
};

const raise = (logs: Map<Origin, Seq>, { origin, seq }: Place): void => {
  logs.set(origin, Math.max(seq, logs.get(origin) ?? 0));
};
