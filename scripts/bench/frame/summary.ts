import { median } from '../../../simulations/index.ts';
import type { Measured } from './rounds.ts';
import type { FigureColumn, Figures, RatioColumn, Subject } from './subject.ts';

/** What the rounds say of one subject. */
export interface SummaryRow {
  readonly subject: string;
  readonly medians: Figures;
  /** The least and the most of each figure. */
  readonly ranges: Readonly<Record<string, readonly [least: number, most: number]>>;
  /** By {@link ratioName}: how many times the figure of the other subject. */
  readonly ratios: Figures;
  readonly samples: readonly Figures[];
  /** What it is meant to keep to, and whether it does. */
  readonly aim?: { readonly text: string; readonly held: boolean };
}

/** `perS of the floor`. */
export const ratioName = ({ figure, of }: RatioColumn): string => `${figure} of ${of}`;

/**
 * Medians of all figures, and ratios. A ratio is the median of the ratios within each round: two that were measured
 * one right after the other have met much the same machine, two medians have not.
 */
export const summarise = (
  measured: readonly Measured[],
  figures: readonly FigureColumn[],
  ratios: readonly RatioColumn[],
): readonly SummaryRow[] =>
  measured.map(({ subject, samples }) => ({
    subject,
    medians: byKey(figures, ({ key }) => [key, middle(values(samples, key))]),
    ranges: byKey(figures, ({ key }) => [
      key,
      [Math.min(...values(samples, key)), Math.max(...values(samples, key))] as const,
    ]),
    ratios: byKey(ratios, (column) => [ratioName(column), ratioOf(samples, measured, column)]),
    samples,
  }));

/** The rows with what their subjects aim at. */
export const withAims = (rows: readonly SummaryRow[], subjects: readonly Subject[]): readonly SummaryRow[] =>
  rows.map((row) => {
    const aim = subjects.find(({ name }) => name === row.subject)?.aim;
    return aim === undefined ? row : { ...row, aim: { text: aim.text, held: aim.held(row.medians) } };
  });

const ratioOf = (
  samples: readonly Figures[],
  measured: readonly Measured[],
  { figure, of }: RatioColumn,
): number => {
  const others = measured.find(({ subject }) => subject === of)?.samples ?? [];
  return middle(
    samples.flatMap((sample, round) => {
      const ratio = (sample[figure] ?? Number.NaN) / (others[round]?.[figure] ?? Number.NaN);
      return Number.isFinite(ratio) ? [ratio] : [];
    }),
  );
};

/** Rounds in which the figure was not taken say nothing of it. */
const values = (samples: readonly Figures[], key: string): readonly number[] =>
  samples.flatMap((sample) => sample[key] ?? []);

const middle = (list: readonly number[]): number => median(list) ?? Number.NaN;

const byKey = <Item, Value>(
  items: readonly Item[],
  entry: (item: Item) => readonly [string, Value],
): Readonly<Record<string, Value>> => Object.fromEntries(items.map(entry));
