/** How one series is told from the others: by colour, and for who sees none also by dashes and symbols. */
export interface SeriesStyle {
  readonly colour: string;
  readonly dashes: string;
  readonly symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | 'cross' | 'wye';
}

/**
 * Colours that people with any colour vision tell apart, from dark to light in print. (M. Okabe, K. Ito, "Color
 * Universal Design", 2008.)
 */
const STYLES: readonly SeriesStyle[] = [
  { colour: '#0072b2', dashes: 'none', symbol: 'circle' },
  { colour: '#d55e00', dashes: '7 3', symbol: 'square' },
  { colour: '#111111', dashes: '2 3', symbol: 'triangle' },
  { colour: '#009e73', dashes: '10 3 2 3', symbol: 'diamond' },
  { colour: '#cc79a7', dashes: '4 2', symbol: 'star' },
  { colour: '#e69f00', dashes: '1 2', symbol: 'cross' },
  { colour: '#56b4e9', dashes: '12 4', symbol: 'wye' },
];

/** So many series can be told apart in one figure. */
export const SERIES_MAX = STYLES.length;

export const styleOf = (series: number): SeriesStyle => {
  const style = STYLES[series % STYLES.length];
  if (style === undefined) throw new RangeError(`there is no series ${series}`);
  return style;
};
