/** From one value to another, both included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** With fewer values than this an interval says too little to be told. */
export const SAMPLES_MIN = 10;

/** Holds in 19 of 20 cases: 95 %. */
const ONE_IN = 20n;

/** The value in the middle; of an even number the mean of the two. Undefined when there is none. */
export const median = (values: readonly number[]): number | undefined => {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  const high = sorted[Math.floor(sorted.length / 2)];
  if (low === undefined || high === undefined) return undefined;
  // The mean of two infinite values of one sign is that value.
  return low === high ? low : low / 2 + high / 2;
};

/**
 * The interval that holds the median of what the values were drawn from with at least 95 %, whatever their distribution
 * is: from the k-th smallest to the k-th largest value. Undefined with fewer than {@link SAMPLES_MIN} values.
 *
 * How many of n values lie below the median is binomial, so that the interval misses it with 2 P(B(n, 1/2) < k). (H. A.
 * David, H. N. Nagaraja, "Order Statistics", 3rd edition, 2003, section 7.1.)
 */
export const medianInterval = (values: readonly number[]): Interval | undefined => {
  if (values.length < SAMPLES_MIN) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const skipped = skippedOf(values.length);
  const [low, high] = [sorted[skipped], sorted.at(-1 - skipped)];
  return low === undefined || high === undefined ? undefined : { low, high };
};

/** How many values at either end lie outside of the interval: as many as can. In whole numbers, so that all agree. */
const skippedOf = (count: number): number => {
  const all = 2n ** BigInt(count);
  let [term, sum, skipped] = [1n, 1n, 0];
  while (2n * sum * ONE_IN <= all) {
    skipped += 1;
    term = (term * BigInt(count - skipped + 1)) / BigInt(skipped);
    sum += term;
  }
  // The sum reaches up to P(B <= skipped), and the last one went too far.
  return skipped - 1;
};
