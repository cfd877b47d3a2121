import type { Axis } from '../plots/axis.ts';
import type { BandPoint, Chart, Point, Series } from '../plots/chart.ts';
import { SERIES_MAX } from '../plots/style.ts';
import { type Measure, measureLabel, measureOf } from './measure.ts';

export type SweepParams = Readonly<Record<string, string | number>>;

/** What several runs with the same parameters and different seeds have come to. */
export interface SweepRow {
  readonly params: SweepParams;
  readonly metric: string;
  /** How many runs. */
  readonly n: number;
  /** May be infinite: of what did not come about in most of the runs. */
  readonly median: number;
  /** Between these the median lies with 95 %; left out of too few runs. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** A line that is not measured, over the same parameter as the figure of a metric, and in the unit of the metric. */
export interface SweepReference {
  readonly metric: string;
  readonly name: string;
  readonly points: readonly Point[];
}

export interface SweepChartOptions {
  /** The parameter on the horizontal axis. */
  readonly x?: string;
  readonly references?: readonly SweepReference[];
}

/** Greatest over least, from which on an axis is logarithmic. */
const LOG_FROM = 20;

/**
 * A figure for each metric, over one parameter. Of the other ones that vary, each combination is a series; where these
 * are too many to be told apart, the one with the most values is the series, and each combination of the rest has
 * a figure of its own.
 */
export const sweepCharts = (
  rows: readonly SweepRow[],
  { x, references = [] }: SweepChartOptions = {},
): readonly Chart[] => {
  const [first = x, ...others] = varied(rows, x);
  if (first === undefined) return [];
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  const combinations = new Set(rows.map(({ params }) => nameOf(params, others)));
  const [series, facets] =
    combinations.size <= SERIES_MAX ? [others, []] : [others.slice(0, 1), others.slice(1)];
  const panels = [...new Set(rows.map(({ params }) => nameOf(params, facets)))];
  return metrics.flatMap((metric) =>
    panels.flatMap((panel) => {
      const own = rows.filter((row) => row.metric === metric && nameOf(row.params, facets) === panel);
      const theory = references.filter((reference) => reference.metric === metric);
      return own.length === 0 ? [] : [chartOf(own, metric, panel, { x: first, series, theory })];
    }),
  );
};

/** The parameters that have more than one value: the one of the horizontal axis, then those with most values first. */
const varied = (rows: readonly SweepRow[], x: string | undefined): readonly string[] => {
  const values = new Map<string, Set<string | number>>();
  for (const { params } of rows) {
    for (const [name, value] of Object.entries(params))
      values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const size = (name: string): number => values.get(name)?.size ?? 0;
  const names = [...values.keys()].filter((name) => size(name) > 1 || name === x);
  names.sort((a, b) => Number(b === x) - Number(a === x) || size(b) - size(a));
  // With one point alone there is still something to show.
  return names.length > 0 ? names : [...values.keys()].slice(0, 1);
};

interface ChartParts {
  readonly x: string;
  readonly series: readonly string[];
  readonly theory: readonly SweepReference[];
}

const chartOf = (
  rows: readonly SweepRow[],
  metric: string,
  panel: string,
  { x, series, theory }: ChartParts,
): Chart => {
  const measure = measureOf(
    metric,
    rows.map(({ median }) => median),
  );
  const values = [...new Set(rows.map(({ params }) => params[x] ?? ''))];
  const places = placesOf(values, theory.length > 0);
  const names = [...new Set(rows.map(({ params }) => nameOf(params, series)))];
  const counts = rows.map(({ n }) => n);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const unnamed = most === 1 ? 'value' : 'median';
  const title = `${measure.words.replace(/^./, (letter) => letter.toUpperCase())} over ${x}`;
  const drawn = names.map((name) =>
    seriesOf(
      name === '' ? unnamed : name,
      rows.filter(({ params }) => nameOf(params, series) === name),
      x,
      places,
      measure,
    ),
  );
  return {
    title: panel === '' ? title : `${title}, ${panel}`,
    caption: captionOf(fewest, most),
    x: axisOfPlaces(x, values, places),
    y: { label: measureLabel(measure), ...scaleOf(drawn.flatMap(({ points }) => points.map(({ y }) => y))) },
    series: [
      ...drawn,
      ...theory.map(({ name, points }) => ({
        name,
        kind: 'line' as const,
        points: points.map((point) => ({ x: point.x, y: point.y * measure.factor })),
      })),
    ],
  };
};

/** What is said of points that so many runs have made, at least and at most. */
const captionOf = (fewest: number, most: number): string => {
  if (most === 1) return 'One run for each value. What did not come about is in the numbers only.';
  const runs = fewest === most ? `${most} runs` : `${fewest} to ${most} runs`;
  return `Medians of ${runs} with different seeds; bars are 95 % intervals of the median. What did not come about, and intervals without an end, are in the numbers only.`;
};

const seriesOf = (
  name: string,
  rows: readonly SweepRow[],
  x: string,
  places: ReadonlyMap<string | number, number>,
  { factor }: Measure,
): Series => {
  const [points, bars]: [Point[], BandPoint[]] = [[], []];
  for (const { params, median, low = Number.NaN, high = Number.NaN } of rows) {
    const place = places.get(params[x] ?? '');
    if (place === undefined || !Number.isFinite(median)) continue;
    points.push({ x: place, y: median * factor });
    if (Number.isFinite(low) && Number.isFinite(high))
      bars.push({ x: place, low: low * factor, high: high * factor });
  }
  // Between names there is nothing to draw a line through.
  const kind = isNumeric([...places.keys()]) ? 'line-and-dots' : 'dots';
  return { name, kind, points: points.sort((a, b) => a.x - b.x), bars };
};

/** Of an axis the least part between two of its values at which their labels don't touch. */
const GAP_LEAST = 1 / 40;

/**
 * Where each value stands: numbers where they are, anything else one after the other; so do numbers of which some would
 * lie upon each other, unless there are lines that are drawn to scale.
 */
const placesOf = (
  values: readonly (string | number)[],
  isToScale: boolean,
): ReadonlyMap<string | number, number> => {
  const areNumbers = isNumeric(values) && (isToScale || !areCrowded(values));
  const ordered = isNumeric(values) ? values.toSorted((a, b) => a - b) : values;
  return new Map(ordered.map((value, i) => [value, areNumbers ? Number(value) : i]));
};

const areCrowded = (values: readonly number[]): boolean => {
  if (scaleOf(values).scale === 'log') return false;
  const sorted = values.toSorted((a, b) => a - b);
  const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  return sorted.some((value, i) => i > 0 && value - (sorted[i - 1] ?? 0) < GAP_LEAST * span);
};

const isNumeric = (values: readonly (string | number)[]): values is readonly number[] =>
  values.every((value) => typeof value === 'number');

const axisOfPlaces = (
  label: string,
  values: readonly (string | number)[],
  places: ReadonlyMap<string | number, number>,
): Axis => {
  const names = new Map([...places].map(([value, place]) => [place, value]));
  const text = (place: number): string => (names.get(place) ?? '').toLocaleString('en');
  const ticks = [...names.keys()];
  // A name is as wide at the edge as anywhere.
  const domain = [-0.5, values.length - 0.5] as const;
  if (!isNumeric(values)) return { label, ticks, format: text, domain };
  if ([...places].some(([value, place]) => value !== place))
    return { label: `${label} (not to scale)`, ticks, format: text, domain };
  return { label, scale: scaleOf(values).scale, ticks, format: text };
};

/** Logarithmic where values lie far apart and none is nothing. */
const scaleOf = (values: readonly number[]): { readonly scale: 'linear' | 'log' } => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0 && most >= LOG_FROM * least ? { scale: 'log' } : { scale: 'linear' };
};

/** `loss = 10, degree = 6`. */
const nameOf = (params: SweepParams, names: readonly string[]): string =>
  names.map((name) => `${name} = ${params[name] ?? '-'}`).join(', ');
