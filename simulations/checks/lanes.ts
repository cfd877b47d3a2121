/**
 * A sum of 64 bits over what is in a set, as two lanes of 32: equal sets have equal sums, whatever the order, and
 * one that grows by an element takes one addition.
 */
export interface Lanes {
  a: number;
  b: number;
}

export const noLanes = (): Lanes => ({ a: 0, b: 0 });

/** Adds an element that two numbers name, so many times. */
export const addTo = (lanes: Lanes, first: number, second: number, times = 1): void => {
  lanes.a = (lanes.a + Math.imul(times, mix(first, second, 0x9e3779b1, 0x85ebca6b))) | 0;
  lanes.b = (lanes.b + Math.imul(times, mix(second, first, 0xc2b2ae35, 0x27d4eb2f))) | 0;
};

/** As much of a sum as one number holds. */
export const numberOf = ({ a, b }: Lanes): number => (a >>> 0) * 2 ** 20 + (b & 0xfffff);

/** A number of 32 bits that stands for a list of numbers. */
export const mixAll = (numbers: readonly number[], seed = 0x165667b1): number =>
  numbers.reduce((mixed, number) => mix(mixed, number, 0x9e3779b1, seed), seed);

const mix = (first: number, second: number, one: number, other: number): number => {
  let mixed = Math.imul(first + 1, one) ^ Math.imul((second + 1) | 0, other);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b) + Math.imul(second, one);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 15);
};
