import { chartHtml } from '../plots/chart.ts';
import { escapeHtml, pageHtml, tableHtml } from '../plots/html.ts';
import { measureOf } from './measure.ts';
import { type SweepReference, type SweepRow, sweepCharts } from './sweep-charts.ts';

export interface SweepReportInput {
  /** Of the page. */
  readonly title: string;
  readonly about?: string;
  /** What is told at the top: names and values, such as how many runs passed, and the command that made them. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  readonly rows: readonly SweepRow[];
  /** The parameter that the figures are drawn over; without it the one with the most values. */
  readonly x?: string;
  /** Lines of theory, to be drawn beside what was measured. */
  readonly references?: readonly SweepReference[];
}

/** A sweep as a page for people: a figure for each metric, and the numbers. The same rows make the same page. */
export const sweepReport = ({ title, about, facts = [], rows, x, references }: SweepReportInput): string =>
  pageHtml(title, [
    `<h1>${escapeHtml(title)}</h1>`,
    ...(about === undefined ? [] : [`<p>${escapeHtml(about)}</p>`]),
    ...(facts.length === 0 ? [] : [tableHtml([], facts)]),
    '<h2>Figures</h2>',
    ...sweepCharts(rows, {
      ...(x !== undefined && { x }),
      ...(references !== undefined && { references }),
    }).map(chartHtml),
    '<h2>Numbers</h2>',
    ...[...new Set(rows.map(({ metric }) => metric))].map((metric) => numbersHtml(metric, rows)),
  ]);

/** All rows of one metric. */
const numbersHtml = (metric: string, rows: readonly SweepRow[]): string => {
  const own = rows.filter((row) => row.metric === metric);
  const names = Object.keys(own[0]?.params ?? {});
  const { unit, factor } = measureOf(
    metric,
    own.map(({ median }) => median),
  );
  const text = (value: number | undefined): string => numberText(value, factor);
  return tableHtml(
    [...names, 'runs', 'median', '95 % from', 'to'],
    own.map(({ params, n, median, low, high }) => [
      ...names.map((name) => String(params[name] ?? '')),
      String(n),
      text(median),
      text(low),
      text(high),
    ]),
    { caption: unit === undefined ? metric : `${metric} (${unit})`, kind: 'numbers' },
  );
};

const numberText = (value: number | undefined, factor: number): string => {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (!Number.isFinite(value)) return 'never';
  return (value * factor).toLocaleString('en', { maximumSignificantDigits: 4 });
};
