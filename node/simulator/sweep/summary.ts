import { median, medianInterval, type SweepValue } from '../../../simulations/index.ts';
import { METRIC_NAMES, METRICS, type Metric } from './metrics.ts';
import type { SweepRun } from './sweep-run.ts';

/** A metric of all runs with the same values of the parameters. */
export interface SummaryRow {
  readonly params: Readonly<Record<string, SweepValue>>;
  readonly metric: Metric;
  /** How many runs have it. */
  readonly n: number;
  /** Infinite when more than half of the runs never became equal. */
  readonly median: number;
  /** The interval that holds the median with 95 %; null where there are too few runs for one. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The medians of all metrics, point by point in the order of the runs. */
export const summaryOf = (runs: readonly SweepRun[]): readonly SummaryRow[] =>
  pointsOf(runs).flatMap((point) => METRIC_NAMES.flatMap((metric) => rowOf(point, metric)));

/** Runs with the same values together. */
export const pointsOf = (runs: readonly SweepRun[]): readonly (readonly SweepRun[])[] => {
  const points = new Map<string, SweepRun[]>();
  for (const run of runs) {
    const key = JSON.stringify(run.params);
    const point = points.get(key);
    if (point === undefined) points.set(key, [run]);
    else point.push(run);
  }
  return [...points.values()];
};

const rowOf = (point: readonly SweepRun[], metric: Metric): readonly SummaryRow[] => {
  const values = point.flatMap(({ outcome }) => METRICS[metric](outcome) ?? []);
  const middle = median(values);
  const [first] = point;
  if (middle === undefined || first === undefined) return [];
  const { low = null, high = null } = medianInterval(values) ?? {};
  return [{ params: first.params, metric, n: values.length, median: middle, low, high }];
};
