import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml } from './html.ts';
import { styleOf } from './style.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** From low to high at each x: an interval, or what is between the least and the most. */
export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface Series {
  readonly name: string;
  /** Lines go straight from point to point, or keep their value up to the next one. */
  readonly kind: 'line' | 'step' | 'dots' | 'line-and-dots';
  readonly points: readonly Point[];
  readonly band?: readonly BandPoint[];
  /** Intervals of single points, as bars. */
  readonly bars?: readonly BandPoint[];
}

export interface Axis {
  /** What it shows, and in which unit. */
  readonly label: string;
  readonly scale?: 'linear' | 'log';
  readonly domain?: readonly [number, number];
  /** How numbers are written: as d3-format has it, or by a function. */
  readonly format?: string | ((value: number) => string);
  /** Which numbers are written; without them round ones. */
  readonly ticks?: readonly number[];
}

export interface Chart {
  readonly title: string;
  /** What is seen, and how it was measured. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Spans of x with a background, and what they are. */
  readonly shaded?: {
    readonly name: string;
    readonly spans: readonly (readonly [from: number, to: number])[];
  };
  /** Places on x that are marked. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[];
}

const WIDTH = 660;
const HEIGHT = 300;
const INK = '#111';
const SHADE = '#8c8c8c';
const SHADE_OPACITY = 0.25;

/** A figure as HTML: title, key, an SVG drawing and its caption. The same chart gives the same text. */
export const chartHtml = (chart: Chart): string => {
  const { title, caption, series } = chart;
  const isEmpty = series.every(({ points }) => points.length === 0);
  return `<figure>
<h3>${escapeHtml(title)}</h3>
${isEmpty ? '<p>There is nothing to show.</p>' : `<p class="keys">${keysHtml(chart)}</p>\n${chartSvg(chart)}`}
<figcaption>${escapeHtml(caption)}</figcaption>
</figure>`;
};

/** The drawing alone; an editor of drawings opens it as it stands. */
const chartSvg = ({ title, x, y, series, shaded, marks = [] }: Chart): string =>
  svgOf({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 72,
    marginRight: 24,
    marginTop: marks.length > 0 ? 30 : 14,
    marginBottom: 44,
    // Symbols at the edge are whole.
    ...(series.some(({ kind }) => kind === 'dots' || kind === 'line-and-dots') && {
      insetLeft: 10,
      insetRight: 10,
    }),
    ariaLabel: title,
    style: { fontSize: '12px', color: INK },
    x: { ...axisOptions(x), line: true, grid: x.scale === 'log' },
    y: { ...axisOptions(y), line: true, grid: true },
    marks: [
      Plot.rect(shaded?.spans ?? [], {
        x1: '0',
        x2: '1',
        fill: SHADE,
        fillOpacity: SHADE_OPACITY,
      }),
      Plot.ruleX(marks, { x: 'x', stroke: INK, strokeDasharray: '1 3' }),
      Plot.text(marks, { x: 'x', text: 'name', frameAnchor: 'top', lineAnchor: 'bottom', dy: -6 }),
      ...series.flatMap((each, i) => seriesMarks(visible(each, x, y), i)),
    ],
  });

const axisOptions = ({ label, scale = 'linear', domain, format, ticks }: Axis): Plot.ScaleOptions => ({
  label,
  type: scale,
  labelAnchor: 'center',
  labelArrow: 'none',
  ...(domain === undefined ? scale === 'linear' && { nice: true, zero: true } : { domain: [...domain] }),
  ...(format !== undefined && { tickFormat: format }),
  ...(ticks !== undefined && { ticks: [...ticks] }),
  // A tick far from a power of the base would have no label; none is far from a power of two.
  ...(scale === 'log' && ticks !== undefined && { base: 2 }),
});

/** A logarithm has no place for nothing, nor for less. */
const visible = (series: Series, x: Axis, y: Axis): Series => {
  const has = (axis: Axis, value: number): boolean => axis.scale !== 'log' || value > 0;
  return {
    ...series,
    points: series.points.filter((point) => has(x, point.x) && has(y, point.y)),
    band: (series.band ?? []).filter((point) => has(x, point.x) && has(y, point.low)),
    bars: (series.bars ?? []).filter((point) => has(x, point.x) && has(y, point.low)),
  };
};

const seriesMarks = ({ kind, points, band = [], bars = [] }: Series, i: number): readonly Plot.Markish[] => {
  const { colour } = styleOf(i);
  const curve = kind === 'step' ? 'step-after' : 'linear';
  return [
    Plot.areaY(band, { x: 'x', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18, curve }),
    Plot.ruleX(bars, { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.4 }),
    ...pointMarks(kind, points, points, i),
  ];
};

const pointMarks = (
  kind: Series['kind'],
  line: readonly Point[],
  dots: readonly Point[],
  i: number,
): readonly Plot.Markish[] => {
  const { colour: stroke, dashes: strokeDasharray, symbol } = styleOf(i);
  const curve = kind === 'step' ? 'step-after' : 'linear';
  return [
    ...(kind === 'dots'
      ? []
      : [Plot.lineY(line, { x: 'x', y: 'y', stroke, strokeDasharray, strokeWidth: 2, curve })]),
    ...(kind === 'line' || kind === 'step'
      ? []
      : [Plot.dot(dots, { x: 'x', y: 'y', stroke, symbol, r: 4, fill: 'white', strokeWidth: 1.6 })]),
  ];
};

const keysHtml = ({ series, shaded }: Chart): string =>
  [
    ...series.map(({ name, kind }, i) => keyHtml(name, pointMarks(kind, KEY_LINE, KEY_DOT, i))),
    ...(shaded === undefined || shaded.spans.length === 0
      ? []
      : [keyHtml(shaded.name, [Plot.frame({ fill: SHADE, fillOpacity: SHADE_OPACITY, stroke: 'none' })])]),
  ].join(' ');

/** A name beside a short piece of what it names, as it is drawn. */
const keyHtml = (name: string, marks: readonly Plot.Markish[]): string => {
  const unit = { domain: [0, 1], axis: null };
  const svg = svgOf({ width: 36, height: 12, margin: 0, x: unit, y: unit, marks: [...marks] });
  return `<span>${svg}${escapeHtml(name)}</span>`;
};

const KEY_LINE: readonly Point[] = [
  { x: 0, y: 0.5 },
  { x: 1, y: 0.5 },
];
const KEY_DOT: readonly Point[] = [{ x: 0.5, y: 0.5 }];

const svgOf = (options: Plot.PlotOptions): string => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ document, ...options });
  return svg.outerHTML.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
};
