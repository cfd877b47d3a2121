/** From one value to another, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Microseconds of each unit that a duration can have. */
const UNITS: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

const NUMBER_AND_UNIT = '[0-9]{1,12}(us|ms|s|m|h|d)';

/** A whole number with a unit, without anything between them. */
export const DURATION = new RegExp(`^${NUMBER_AND_UNIT}$`);

/** One duration, or from one `to` another. */
export const DURATION_RANGE = new RegExp(`^${NUMBER_AND_UNIT}( to ${NUMBER_AND_UNIT})?$`);

/** The same with signs. */
export const SIGNED_DURATION_RANGE = new RegExp(`^[+-]?${NUMBER_AND_UNIT}( to [+-]?${NUMBER_AND_UNIT})?$`);

/** From one time `to` another. */
export const WINDOW = new RegExp(`^${NUMBER_AND_UNIT} to ${NUMBER_AND_UNIT}$`);

/** Microseconds of a text like `500ms` or `-2h`; NaN where it is none, or has more than a number can hold. */
export const durationUs = (text: string): number => {
  const [, sign = '', digits = '', unit = ''] = /^([+-]?)([0-9]+)([a-z]+)$/.exec(text) ?? [];
  const us = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (digits === '' || !Number.isSafeInteger(us)) return Number.NaN;
  return sign === '-' && us !== 0 ? -us : us;
};

/** A text like `1s to 5s`; one value alone is a range of one. */
export const durationRange = (text: string): Range => {
  const [from = '', to = from] = text.split(' to ');
  return { from: durationUs(from), to: durationUs(to) };
};

/** Whether both ends are values, and the first is not above the second. */
export const isRange = ({ from, to }: Range): boolean => from <= to;
