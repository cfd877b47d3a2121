import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Axis, axisOptions, slopeOf } from './axis.ts';
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
  readonly marks?: readonly Mark[];
}

interface Mark {
  readonly x: number;
  readonly name: string;
}

const WIDTH = 660;
const HEIGHT = 300;
const INK = '#111';
const SHADE = '#8c8c8c';
const SHADE_OPACITY = 0.25;
/** Room for the name of a mark, above the drawing. */
const NAME_HEIGHT = 15;

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
const chartSvg = ({ title, x, y, series: all, shaded, marks = [] }: Chart): string => {
  const series = all.map((each) => visible(each, x, y));
  const xs = series.flatMap(({ points }) => points.map((point) => point.x));
  const ys = series.flatMap(({ points, band = [], bars = [] }) => [
    ...points.map((point) => point.y),
    ...[...band, ...bars].flatMap(({ low, high }) => [low, high]),
  ]);
  const slope = slopeOf(x);
  return svgOf({
    width: WIDTH,
    height: slope === undefined ? HEIGHT : HEIGHT + slope.height,
    // Beside the label of the axis there is room for numbers of millions.
    marginLeft: 92,
    marginRight: 24,
    marginTop: 14 + marks.length * NAME_HEIGHT,
    marginBottom: slope === undefined ? 44 : 44 + slope.height,
    // Symbols at the edge are whole.
    ...(series.some(({ kind }) => kind === 'dots' || kind === 'line-and-dots') && {
      insetLeft: 10,
      insetRight: 10,
    }),
    ariaLabel: title,
    style: { fontSize: '12px', color: INK },
    x: {
      ...axisOptions(x, xs),
      line: true,
      grid: x.scale === 'log',
      ...(slope !== undefined && { tickRotate: slope.degrees, labelOffset: 38 + slope.height }),
    },
    y: { ...axisOptions(y, ys), line: true, grid: true },
    marks: [
      Plot.rect(shaded?.spans ?? [], {
        x1: '0',
        x2: '1',
        fill: SHADE,
        fillOpacity: SHADE_OPACITY,
      }),
      ...marks.flatMap((mark, i) => markMarks(mark, i, Math.max(...xs, mark.x))),
      ...series.flatMap((each, i) => seriesMarks(each, i)),
    ],
  });
};

/** A line across the figure with its name above it, each name in a row of its own, and none beyond the edge. */
const markMarks = (mark: Mark, row: number, most: number): readonly Plot.Markish[] => [
  Plot.ruleX([mark], { x: 'x', stroke: INK, strokeDasharray: '1 3' }),
  Plot.text([mark], {
    x: 'x',
    text: 'name',
    frameAnchor: 'top',
    lineAnchor: 'bottom',
    textAnchor: sideOf(mark.x / most),
    dy: -6 - row * NAME_HEIGHT,
  }),
];

const sideOf = (share: number): 'start' | 'middle' | 'end' => {
  if (share < 0.2) return 'start';
  return share > 0.8 ? 'end' : 'middle';
};

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
  const { colour, dashes: strokeDasharray } = styleOf(i);
  const curve = kind === 'step' ? 'step-after' : 'linear';
  const edge = {
    x: 'x',
    stroke: colour,
    strokeDasharray,
    strokeWidth: 0.7,
    strokeLinecap: 'butt',
    curve,
  } as const;
  return [
    Plot.areaY(band, { x: 'x', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18, curve }),
    // Where bands lie upon each other, and in print without colours, their edges tell them apart.
    Plot.lineY(band, { ...edge, y: 'low' }),
    Plot.lineY(band, { ...edge, y: 'high' }),
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
      : [
          // Round ends would close the gaps between dashes.
          Plot.lineY(line, {
            x: 'x',
            y: 'y',
            stroke,
            strokeDasharray,
            strokeWidth: 2,
            strokeLinecap: 'butt',
            curve,
          }),
        ]),
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
