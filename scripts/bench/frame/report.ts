import { tableText } from '../../../node/cli/table.ts';
import type { FigureColumn, Group, RatioColumn } from './subject.ts';
import { ratioName, type SummaryRow } from './summary.ts';
import type { Surroundings } from './surroundings.ts';

/** What one group has come to. */
export interface GroupReport extends Omit<Group, 'subjects'> {
  readonly rows: readonly SummaryRow[];
}

/** What is written for programs. */
export interface BenchReport extends Surroundings {
  readonly bench: string;
  readonly options: Readonly<Record<string, number | readonly number[]>>;
  readonly rounds: number;
  /** Nothing was timed: whoever runs it again gets the same figures. */
  readonly exact: boolean;
  /** Of the last minute, before and after. */
  readonly load: { readonly before: number; readonly after: number };
  readonly groups: readonly GroupReport[];
  /** What is not in the groups, and why. */
  readonly missing: readonly string[];
}

/** With fewer rounds a median is hardly more than a sample. */
const ROUNDS_MIN = 5;

/** One line on what the figures were taken with. */
export const headText = ({ machine, versions, rounds, exact, load }: Omit<BenchReport, 'groups'>): string => {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  if (exact) return packages.join(', ');
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}`,
    packages.join(', '),
    `${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}; load of the machine ${load.before} before, ${load.after} after`,
    ...(rounds < ROUNDS_MIN ? [`Fewer than ${ROUNDS_MIN} rounds: compare nothing by these figures.`] : []),
  ].join('\n');
};

/**
 * A group as a table: a row for each subject, its medians, how far those of the first figure went apart unless that is
 * exact, its ratios, and its aim.
 */
export const groupText = async (
  { title, figures, ratios, rows }: GroupReport,
  exact = false,
): Promise<string> => {
  const ranged = exact ? [] : figures.slice(0, 1);
  const others = figures.slice(ranged.length);
  const head = [
    'subject',
    ...ranged.flatMap((figure) => [figure.title, 'least - most']),
    ...others.map((figure) => figure.title),
    ...ratios.map((ratio) => ratioTitle(ratio, figures, ratios)),
  ];
  const cells = rows.map((row) => [
    row.subject,
    ...ranged.flatMap((figure) => [medianText(row, figure), rangeText(row, figure)]),
    ...others.map((figure) => medianText(row, figure)),
    ...ratios.map((ratio) => ratioText(row, ratio)),
  ]);
  const [titles = [], ...lines] = padded([head, ...cells]);
  if (!rows.some(({ aim }) => aim !== undefined)) return `${title}\n${await tableText(titles, lines, '  ')}`;
  const withAim = lines.map((line, at) => [...line, ...aimTexts(rows[at])]);
  return `${title}\n${await tableText([...titles, 'aim', 'held'], withAim, '  ')}`;
};

/** Without the figure where all ratios are of one. */
const ratioTitle = (
  { figure, of }: RatioColumn,
  figures: readonly FigureColumn[],
  ratios: readonly RatioColumn[],
): string => {
  if (ratios.every((ratio) => ratio.figure === figure)) return `× ${of}`;
  const [name] = figures.find(({ key }) => key === figure)?.title.split(', ') ?? [figure];
  return `${name} × ${of}`;
};

const medianText = ({ medians }: SummaryRow, figure: FigureColumn): string =>
  figureText(figure, medians[figure.key]);

const rangeText = ({ ranges }: SummaryRow, figure: FigureColumn): string =>
  (ranges[figure.key] ?? []).map((end) => figureText(figure, end)).join(' - ');

const figureText = ({ digits = 0 }: FigureColumn, value: number | undefined): string =>
  value === undefined || !Number.isFinite(value)
    ? '-'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const ratioText = ({ ratios }: SummaryRow, column: RatioColumn): string => {
  const ratio = ratios[ratioName(column)];
  return ratio === undefined || !Number.isFinite(ratio) ? '-' : ratio.toFixed(ratio < 0.1 ? 3 : 2);
};

const aimTexts = (row: SummaryRow | undefined): readonly string[] =>
  row?.aim === undefined ? ['', ''] : [row.aim.text, row.aim.held ? 'yes' : 'NO'];

/** Numbers stand at the right of their columns, so that they can be compared at a glance. */
const padded = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] => {
  const widthOf = (at: number): number => Math.max(...rows.map((row) => row[at]?.length ?? 0));
  return rows.map((row) => row.map((cell, at) => (at === 0 ? cell : cell.padStart(widthOf(at)))));
};
