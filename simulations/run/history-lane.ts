import type { Origin } from '../../protocol/event/index.ts';
import { draftsOfStep, type Step } from '../plan/index.ts';

/** A step, and by which source all see that it is written. */
export interface LaneStep {
  readonly step: Step;
  /** Numbers of all steps that come directly before it, the one of its own chain included. */
  readonly after: readonly number[];
}

/** What one device writes of one chain of a history, in order, to a log of its own. */
export class HistoryLane {
  readonly steps: readonly LaneStep[];
  /** The log, once there is one. */
  origin: Origin | undefined;
  #next = 0;
  #isPending = false;

  constructor(steps: readonly LaneStep[]) {
    this.steps = steps;
  }

  /** What is to be written next, or is being written; undefined when all is. */
  get next(): LaneStep | undefined {
    return this.steps[this.#next];
  }

  /** Whether the next step is handed to the engine and not seen yet. */
  get isPending(): boolean {
    return this.#isPending;
  }

  get left(): number {
    return this.steps.length - this.#next;
  }

  pending(): void {
    this.#isPending = true;
  }

  /** The next step can be seen on the device: it is written. */
  written(): void {
    this.#next += 1;
    this.#isPending = false;
  }

  /** Nothing is known any more of what is written. */
  forget(): void {
    this.#next = 0;
    this.#isPending = false;
  }
}

/** The lanes of each device that has any. */
export const lanesOf = (steps: readonly Step[]): ReadonlyMap<number, readonly HistoryLane[]> => {
  const lanes = new Map<string, { readonly device: number; readonly steps: LaneStep[] }>();
  const lastOfChain = new Map<number, number>();
  for (const step of steps.toSorted((a, b) => a.step - b.step)) {
    const { device, chain, after } = step;
    const before = lastOfChain.get(chain);
    lastOfChain.set(chain, step.step);
    const key = `${device} ${chain}`;
    const lane = lanes.get(key) ?? { device, steps: [] };
    lanes.set(key, lane);
    lane.steps.push({ step, after: before === undefined ? after : [...after, before] });
  }
  const byDevice = new Map<number, HistoryLane[]>();
  for (const { device, steps: own } of lanes.values()) {
    const known = byDevice.get(device) ?? [];
    byDevice.set(device, known);
    known.push(new HistoryLane(own));
  }
  return byDevice;
};

/** The source by which a device sees that a step is written whole. */
export const endOf = (step: Step): string => draftsOfStep(step).at(-1)?.source?.id ?? '';
