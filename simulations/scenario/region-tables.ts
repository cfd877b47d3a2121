/** Region names, and the least time that a frame takes from one to the other, in ms; the same both ways. */
type Row = readonly [one: string, other: string, minMs: number];

/**
 * Latency tables that a scenario can name. The figures are round ones of the project's own, about as far apart as
 * cables make continents; they are no measurements.
 */
export const REGION_TABLES = {
  continents: [
    ['africa', 'africa', 20],
    ['asia', 'asia', 25],
    ['europe', 'europe', 10],
    ['north-america', 'north-america', 15],
    ['south-america', 'south-america', 15],
    ['africa', 'asia', 110],
    ['africa', 'europe', 60],
    ['africa', 'north-america', 90],
    ['africa', 'south-america', 150],
    ['asia', 'europe', 90],
    ['asia', 'north-america', 80],
    ['asia', 'south-america', 150],
    ['europe', 'north-america', 45],
    ['europe', 'south-america', 95],
    ['north-america', 'south-america', 60],
  ],
} as const satisfies Readonly<Record<string, readonly Row[]>>;
