import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { deviceOf, type Origin, type PlacedEvent, type Seq } from '../../../protocol/event/index.ts';
import type { Plan } from '../../../simulations/index.ts';
import { groupsOf, type Held } from './held-logs.ts';

/** Looks whether devices that are parted get anything of each other. */
export class PartingWatch {
  readonly #plan: Plan;
  readonly #numbers: ReadonlyMap<DeviceId, number>;
  readonly #problems = new Set<string>();
  /** How long each log is, and was at the last parting. */
  readonly #written = new Map<Origin, Seq>();
  #writtenBefore: Held = new Map();
  #groups: readonly number[];

  /** @param ids of the devices, in their order */
  constructor(plan: Plan, ids: readonly DeviceId[]) {
    this.#plan = plan;
    this.#numbers = new Map(ids.map((id, number) => [id, number]));
    this.#groups = groupsOf(plan, new Set());
  }

  get problems(): readonly string[] {
    return [...this.#problems];
  }

  writes(events: readonly PlacedEvent[]): void {
    for (const { origin, seq } of events)
      this.#written.set(origin, Math.max(seq, this.#written.get(origin) ?? 0));
  }

  /** What a device holds at the end of a parting. */
  holds(device: number, held: Held): void {
    for (const [origin, seq] of held) {
      const author = this.#numbers.get(deviceOf(origin)) ?? device;
      if (this.#groups[author] === this.#groups[device]) continue;
      if (seq <= (this.#writtenBefore.get(origin) ?? 0)) continue;
      this.#problems.add(`device ${device} got what device ${author} wrote while the two were parted`);
    }
  }

  /** From now on just these pairs cannot reach each other. */
  parts(pairs: ReadonlySet<string>): void {
    this.#groups = groupsOf(this.#plan, pairs);
    this.#writtenBefore = new Map(this.#written);
  }
}
