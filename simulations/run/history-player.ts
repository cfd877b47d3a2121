import type { Origin, SeenVector } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import { type PlacePair, placeOf, rowKey } from '../../protocol/projection/index.ts';
import type { Agenda } from '../agenda/index.ts';
import type { SimDevice } from '../device/index.ts';
import { draftsOfStep, isStep, type Plan, type Step } from '../plan/index.ts';
import { endOf, type HistoryLane, type LaneStep, lanesOf } from './history-lane.ts';

/** After so long a device tries again that could not write. */
const TRY_AGAIN_US = 500_000;

/** What a player moves in. */
export interface PlayedWorld {
  readonly agenda: Agenda;
  readonly devices: readonly SimDevice[];
}

/**
 * Has devices write a history that was written elsewhere: each its own steps, as soon after their time as all that they
 * follow can be seen there, with just that as what they have seen. So what was concurrent is again, and nothing else.
 *
 * What is written is known from the state of the device itself, where each event stands under its source. A device that
 * has lost what it held cannot tell what others still hold of it, and would write it twice: it waits until all are equal.
 */
export class HistoryPlayer {
  readonly #steps: readonly Step[];
  readonly #ends: ReadonlyMap<number, string>;
  readonly #lanes: ReadonlyMap<number, readonly HistoryLane[]>;
  readonly #setBack = new Set<number>();
  /** Devices that try again soon. */
  readonly #trying = new Set<number>();
  /** Places of steps that were seen, on each device since it was started. */
  readonly #places = new Map<number, Map<number, Place>>();
  #world: PlayedWorld | undefined;

  constructor(plan: Plan) {
    this.#steps = plan.operations.filter(isStep);
    this.#ends = new Map(this.#steps.map((step) => [step.step, endOf(step)]));
    this.#lanes = lanesOf(this.#steps);
  }

  /** Steps that are not written, or cannot be seen yet where they were. */
  get left(): number {
    return [...this.#lanes.values()].flat().reduce((sum, lane) => sum + lane.left, 0);
  }

  /** Begins to play. */
  begin(world: PlayedWorld): void {
    this.#world = world;
    for (const { atUs, device } of this.#steps) world.agenda.at(atUs, () => this.#write(device));
  }

  /** A device has begun to run: it may be on another disk, or on less of it. */
  opened(device: number): void {
    this.#places.delete(device);
    for (const lane of this.#lanes.get(device) ?? []) lane.forget();
    this.changed(device);
  }

  /** What a device shows has changed. */
  changed(device: number): void {
    if (this.#lanes.has(device)) this.#world?.agenda.after(0, () => this.#write(device));
  }

  /** The disk of a device loses what it held. */
  losing(device: number): void {
    this.#setBack.add(device);
    for (const lane of this.#lanes.get(device) ?? []) lane.origin = undefined;
  }

  /** All devices are equal: those that had lost something know by now what is missing. */
  settled(): void {
    const devices = [...this.#setBack];
    this.#setBack.clear();
    for (const device of devices) this.changed(device);
  }

  #write(number: number): void {
    const device = this.#world?.devices[number];
    if (!device?.isUp || device.engine.rebuilding !== undefined) return;
    for (const lane of this.#lanes.get(number) ?? []) this.#writeNext(device, lane);
  }

  #writeNext(device: SimDevice, lane: HistoryLane): void {
    const nowUs = this.#world?.agenda.nowUs ?? 0;
    while (lane.next !== undefined && this.#placeOf(device, lane.next.step.step) !== undefined)
      lane.written();
    const { next } = lane;
    if (next === undefined || lane.isPending || next.step.atUs > nowUs) return;
    if (this.#setBack.has(device.number)) return;
    const seen = this.#seenBy(device, next);
    if (seen === undefined) return;
    const origin = this.#originOf(device, lane);
    const entries = draftsOfStep(next.step).map((draft) => ({ origin, draft, seen }));
    if (device.append(entries)) lane.pending();
    else this.#tryAgain(device.number);
  }

  /** What a step is to have seen; undefined while some of it cannot be seen. */
  #seenBy(device: SimDevice, { after }: LaneStep): SeenVector | undefined {
    const seen: Record<string, number> = {};
    for (const step of after) {
      const place = this.#placeOf(device, step);
      if (place === undefined) return undefined;
      seen[place.origin] = Math.max(place.seq, seen[place.origin] ?? 0);
    }
    return seen;
  }

  /** Where the last event of a step stands, as the device shows it. */
  #placeOf(device: SimDevice, step: number): Place | undefined {
    const known = this.#places.get(device.number) ?? new Map<number, Place>();
    this.#places.set(device.number, known);
    const place = known.get(step) ?? this.#findPlace(device, step);
    if (place !== undefined) known.set(step, place);
    return place;
  }

  #findPlace({ disk }: SimDevice, step: number): Place | undefined {
    const end = this.#ends.get(step) ?? '';
    const pairs = disk.state.get(rowKey('source', end)) as unknown as readonly PlacePair[] | undefined;
    return pairs?.[0] && placeOf(pairs[0]);
  }

  /** The log of a lane: another one when that is written to no more. */
  #originOf({ engine, identity }: SimDevice, lane: HistoryLane): Origin {
    if (lane.origin === undefined || engine.retired.has(lane.origin)) lane.origin = identity.newLog();
    return lane.origin;
  }

  #tryAgain(device: number): void {
    if (this.#trying.has(device)) return;
    this.#trying.add(device);
    this.#world?.agenda.after(TRY_AGAIN_US, () => {
      this.#trying.delete(device);
      this.#write(device);
    });
  }
}
