import { join } from 'node:path';
import type { SweepParameter, SweepValue } from '../../../simulations/index.ts';
import { CsvFile } from '../files/csv-file.ts';
import { METRIC_NAMES, METRICS, rounded } from './metrics.ts';
import type { SummaryRow } from './summary.ts';
import type { SweepRun } from './sweep-run.ts';

/** Writes `sweep.csv`, a row a run, and `summary.csv`, a row for each point and metric. */
export const writeTables = (
  folder: string,
  parameters: readonly SweepParameter[],
  runs: readonly SweepRun[],
  summary: readonly SummaryRow[],
): void => {
  const names = parameters.map(({ name }) => name);
  const valuesOf = ({ params }: { readonly params: Readonly<Record<string, SweepValue>> }) =>
    names.map((name) => params[name] ?? '');
  const all = new CsvFile(join(folder, 'sweep.csv'), [
    ...names,
    'seed',
    'verdict',
    'trace_hash',
    ...METRIC_NAMES,
  ]);
  for (const run of runs) {
    const { seed, outcome } = run;
    const metrics = METRIC_NAMES.map((metric) => numberText(METRICS[metric](outcome)));
    all.row(...valuesOf(run), seed, outcome.verdict, outcome.traceHash, ...metrics);
  }
  all.close();
  const medians = new CsvFile(join(folder, 'summary.csv'), [
    ...names,
    'metric',
    'n',
    'median',
    'low95',
    'high95',
  ]);
  for (const row of summary) {
    const { metric, n, median, low, high } = row;
    medians.row(...valuesOf(row), metric, n, numberText(median), numberText(low), numberText(high));
  }
  medians.close();
};

/** As programs for statistics read it: empty where there is none, `inf` where there is no end. */
const numberText = (value: number | null): string =>
  value === null ? '' : value === Number.POSITIVE_INFINITY ? 'inf' : `${rounded(value)}`;
