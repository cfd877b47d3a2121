import type { Point } from './chart.ts';

/** Points of a curve that are worth drawing. */
const POINTS_MAX = 500;

/**
 * How large a share of some values is at most so much: a curve of steps from 0 to 1. Of many values evenly many are
 * drawn, with the least and the greatest; each point is exact.
 */
export const cdfOf = (values: Iterable<number>): readonly Point[] => {
  const sorted = Float64Array.from(values).sort();
  const { length } = sorted;
  const [least] = sorted;
  if (least === undefined) return [];
  const count = Math.min(length, POINTS_MAX);
  const points: Point[] = [{ x: least, y: 0 }];
  for (let i = 1; i <= count; i += 1) {
    const rank = Math.ceil((i * length) / count);
    points.push({ x: sorted[rank - 1] ?? least, y: rank / length });
  }
  return points;
};

/** The least value that at least such a share of all values does not exceed; undefined of none. */
export const quantileOf = (values: Iterable<number>, share: number): number | undefined => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
};

/** Keeps evenly many of a stream of values: all of them up to a number, then every second, fourth and so on. */
export class Thinned {
  readonly #max: number;
  #values: number[] = [];
  #every = 1;
  #count = 0;

  constructor(max = 200_000) {
    this.#max = max;
  }

  add(value: number): void {
    if (this.#count % this.#every === 0) this.#values.push(value);
    this.#count += 1;
    if (this.#values.length <= this.#max) return;
    this.#values = this.#values.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  get values(): readonly number[] {
    return this.#values;
  }
}
