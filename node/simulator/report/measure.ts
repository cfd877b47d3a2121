/** How a metric is shown. */
export interface Measure {
  /** Its name in words. */
  readonly words: string;
  /** Undefined for what is counted, and for ratios. */
  readonly unit: string | undefined;
  /** From what is stored to what is shown. */
  readonly factor: number;
}

/** Units of one kind, the largest first: from which value on each is used, and how many of the stored ones it is. */
type Units = readonly (readonly [name: string, from: number, size: number])[];

const MICROSECONDS: Units = [
  ['s', 1e5, 1e6],
  ['ms', 0, 1e3],
];
const MILLISECONDS: Units = [
  ['s', 1e3, 1e3],
  ['ms', 0, 1],
];
const BYTES: Units = [
  ['GB', 1e10, 1e9],
  ['MB', 1e7, 1e6],
  ['kB', 0, 1e3],
];

/** By how names end. */
const ENDINGS: readonly (readonly [ending: RegExp, units: Units])[] = [
  [/(?:Us|_us)$/, MICROSECONDS],
  [/(?:Ms|_ms)$/, MILLISECONDS],
  [/(?:B|_b|^b)ytes$/, BYTES],
  // Of what is counted for each device the unit stays a word of the name.
  [/(?<=(?:^b|_b)ytes)(?=_per_)/, BYTES],
  // As an outcome names it.
  [/^convergedAt$/, MICROSECONDS],
];

/**
 * Reads the unit off the name of a metric, as `healedAfterUs` or `peak_memory_bytes`: units stand last.
 *
 * @param values that are to be shown: they decide how large the unit is
 */
export const measureOf = (metric: string, values: readonly number[]): Measure => {
  const [ending, units] = ENDINGS.find(([end]) => end.test(metric)) ?? [/$/, []];
  const most = Math.max(0, ...values.filter(Number.isFinite));
  const [unit, , size = 1] = units.find(([, from]) => most >= from) ?? [];
  // What is nothing but its unit keeps its name.
  const name = metric.replace(ending, '') || metric;
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_.]/g, ' ')
    .toLowerCase();
  return { words, unit, factor: 1 / size };
};

/** As the label of an axis. */
export const measureLabel = ({ words, unit }: Measure): string =>
  unit === undefined ? words : `${words} (${unit})`;
