import type * as Plot from '@observablehq/plot';

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

/** An axis for the plotting library, wide enough for these values. */
export const axisOptions = (axis: Axis, values: readonly number[]): Plot.ScaleOptions => {
  const { label, scale = 'linear' } = axis;
  const domain = domainOf(axis, values);
  const { ticks, format } =
    scale === 'log' && axis.ticks === undefined ? logTicks(domain ?? values, axis) : axis;
  return {
    label,
    type: scale,
    labelAnchor: 'center',
    labelArrow: 'none',
    ...(domain === undefined ? scale === 'linear' && { nice: true, zero: true } : { domain: [...domain] }),
    ...(format !== undefined && { tickFormat: format }),
    ...(ticks !== undefined && { ticks: [...ticks] }),
    // A tick far from a power of the base would have no label; none is far from a power of two.
    ...(scale === 'log' && ticks !== undefined && { base: 2 }),
  };
};

/** About so many pixels a character takes, and the labels of one axis have side by side. */
const CHARACTER_WIDTH = 7;
const LABELS_WIDTH = 500;

/** How labels are tilted that have no place side by side, and by how much more height; undefined if they have. */
export const slopeOf = ({
  ticks = [],
  format,
}: Axis): { readonly degrees: number; readonly height: number } | undefined => {
  if (typeof format !== 'function') return undefined;
  const widths = ticks.map((tick) => CHARACTER_WIDTH * (format(tick).length + 1));
  const most = Math.max(0, ...widths);
  return widths.length * most <= LABELS_WIDTH ? undefined : { degrees: -45, height: Math.ceil(0.7 * most) };
};

/** One value alone has no width: an axis from it to itself would have neither ticks nor a place for intervals. */
const domainOf = ({ scale, domain }: Axis, values: readonly number[]): Axis['domain'] => {
  if (domain !== undefined || values.length === 0) return domain;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (scale === 'log') return least === most ? [least / 2, most * 2] : undefined;
  return least === 0 && most === 0 ? [0, 1] : undefined;
};

/** More labels than that touch each other on an axis with powers of ten. */
const LABELS_MAX = 12;

/** Ticks at 1, 2, 3 and so on of each power of ten, with labels at 1, 2 and 5, or at 1 where these are too many. */
const logTicks = (values: readonly number[], { format }: Axis): Pick<Axis, 'ticks' | 'format'> => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const decades = Math.log10(most) - Math.log10(least);
  const digits = 3 * decades <= LABELS_MAX ? [1, 2, 5] : [1];
  const powers = Array.from(
    { length: Math.floor(decades) + 2 },
    (_, i) => 10 ** (Math.floor(Math.log10(least)) + i),
  );
  const steps = digits.length > 1 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1];
  const ticks = powers
    .flatMap((power) => steps.map((step) => Number((step * power).toPrecision(6))))
    .filter((tick) => tick >= least && tick <= most);
  // Within so narrow a span round numbers of another kind do better.
  if (ticks.length < 2) return { ...(format !== undefined && { format }) };
  const isLabelled = (tick: number): boolean => decades < 1 || digits.includes(firstDigit(tick));
  const text = (tick: number): string =>
    isLabelled(tick) ? tick.toLocaleString('en', { maximumSignificantDigits: 3 }) : '';
  return { ticks, format: format ?? text };
};

const firstDigit = (value: number): number => Number(value.toExponential()[0]);
