/**
 * Exponentially distributed values from a table of integers: `Math.log` may differ in its last bit from one engine
 * to the next, and one bit is another run.
 */

/** Steps of the distribution; the largest value is about `ln(2 * STEPS)` times the mean. */
export const STEPS = 1024;

/** One, in the table. */
export const UNIT = 1 << 20;

/** Digits after the point while the table is made, in bits. */
const POINT = 64n;
const ONE = 1n << POINT;

/** ln((1 + z) / (1 - z)) = 2 (z + z^3/3 + z^5/5 + ...) for 0 <= z <= 1/3, as a fixed-point number. */
const lnOfRatio = (z: bigint): bigint => {
  const square = (z * z) >> POINT;
  let term = z;
  let sum = 0n;
  for (let odd = 1n; term !== 0n; odd += 2n) {
    sum += term / odd;
    term = (term * square) >> POINT;
  }
  return 2n * sum;
};

const LN_2 = lnOfRatio(ONE / 3n);

/** Natural logarithm of a quotient of integers, at least 1, as a fixed-point number. */
const ln = (over: bigint, under: bigint): bigint => {
  let halvings = 0n;
  while (over >= (2n * under) << halvings) halvings += 1n;
  const below = under << halvings;
  return halvings * LN_2 + lnOfRatio(((over - below) << POINT) / (over + below));
};

/** The value in the middle of each step: -ln of the probability to exceed it, times {@link UNIT}. */
export const EXPONENTIAL: readonly number[] = Array.from({ length: STEPS }, (_, i) => {
  const [over, under] = [2n * BigInt(STEPS), 2n * BigInt(STEPS - i) - 1n];
  return Number((ln(over, under) * BigInt(UNIT)) >> POINT);
});
