import { SAMPLES_MIN } from '../../../simulations/index.ts';
import { countText } from '../format.ts';
import type { SimPoint, SimSummaryRow, SimSweep } from '../simulator.ts';
import { tableText } from '../table.ts';

/** A metric as the table shows it. */
interface Column {
  readonly head: string;
  readonly metric: string;
  readonly text: (value: number) => string;
  readonly hasInterval?: boolean;
}

const COLUMNS: readonly Column[] = [
  {
    head: 'equal after the heal',
    metric: 'converged_after_us',
    text: (us) => (us === Number.POSITIVE_INFINITY ? 'never' : `${(us / 1_000).toFixed(0)} ms`),
    hasInterval: true,
  },
  { head: 'stretch', metric: 'stretch', text: (value) => value.toFixed(1) },
  { head: 'messages a device', metric: 'messages_per_peer', text: (value) => value.toFixed(0) },
  { head: 'kB a device', metric: 'bytes_per_peer', text: (value) => (value / 1_000).toFixed(1) },
  { head: 'open conflicts', metric: 'conflicts_open', text: (value) => value.toFixed(0) },
];

/** The medians of a sweep, a row for each combination of values. */
export const sweepText = async (sweep: SimSweep): Promise<string> => {
  const { parameters, points, summary, left, folder } = sweep;
  const names = parameters.map(({ name }) => name);
  const head = [...names, 'runs', ...COLUMNS.map((column) => column.head)];
  const rowsOf = new Map<string, SimSummaryRow>();
  for (const row of summary) rowsOf.set(keyOf(row.params, row.metric), row);
  const rows = points.map((point) => [
    ...names.map((name) => `${point.params[name]}`),
    runsText(point),
    ...COLUMNS.map((column) => cellText(column, rowsOf.get(keyOf(point.params, column.metric)))),
  ]);
  const runs = points.reduce((sum, point) => sum + point.runs, 0);
  return [
    await tableText(head, rows),
    '',
    'Medians over all seeds, in brackets the interval that holds the median with 95 %.',
    ...(points.some((point) => point.runs < SAMPLES_MIN)
      ? [`With fewer than ${SAMPLES_MIN} seeds there is no interval.`]
      : []),
    ...(left > 0 ? [`${countText(left, 'run')} left: the same command goes on.`] : []),
    `${countText(runs, 'run')} in ${folder}: sweep.csv, a row each; summary.csv, the medians.`,
  ].join('\n');
};

const keyOf = (params: SimPoint['params'], metric: string): string => JSON.stringify([params, metric]);

const runsText = ({ runs, failed, unknown }: SimPoint): string => {
  const notes = [...(failed > 0 ? [`${failed} failed`] : []), ...(unknown > 0 ? [`${unknown} unknown`] : [])];
  return notes.length === 0 ? `${runs}` : `${runs} (${notes.join(', ')})`;
};

const cellText = ({ text, hasInterval = false }: Column, row: SimSummaryRow | undefined): string => {
  if (row === undefined) return '-';
  const { median, low, high } = row;
  if (!hasInterval || low === null || high === null) return text(median);
  return `${text(median)} [${text(low)}, ${text(high)}]`;
};
