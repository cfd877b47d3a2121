import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { readArgs } from '../../read-args.ts';
import { type BenchOptions, type OptionKinds, readOptions, usageOf } from './options.ts';
import { type BenchReport, type GroupReport, groupText, headText } from './report.ts';
import { measureRounds } from './rounds.ts';
import { withScratch } from './scratch.ts';
import type { Group } from './subject.ts';
import { summarise, withAims } from './summary.ts';
import { loadNow, surroundings } from './surroundings.ts';

/** What a benchmark makes ready before the first round. */
export interface Prepared {
  readonly groups: readonly Group[];
  /** What is left out, and what to do to have it. */
  readonly missing?: readonly string[];
  /** After the last round, for example to take a profile; what it gives is printed. */
  after?(): Promise<string | undefined>;
}

export interface Bench extends OptionKinds {
  readonly name: string;
  /** Whose versions matter. */
  readonly packages: readonly string[];
  /** @param scratch folder for everything that is written, removed in the end */
  prepare(options: BenchOptions, scratch: string): Promise<Prepared>;
}

/** Runs a benchmark as the arguments of this process say, prints its tables and writes its report. */
export const runBench = async (bench: Bench): Promise<void> => {
  const options = readArgs((args) => readOptions(args, bench), usageOf(`npm run bench:${bench.name}`, bench));
  if (options === undefined) {
    process.exitCode = 1;
    return;
  }
  const report = await withScratch(options.folder, (scratch) => measure(bench, options, scratch));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
};

const measure = async (bench: Bench, options: BenchOptions, scratch: string): Promise<BenchReport> => {
  const { rounds, sizes, lists } = options;
  const before = loadNow();
  const { groups, missing = [], after } = await bench.prepare(options, scratch);
  const reports: GroupReport[] = [];
  for (const { subjects, ...group } of groups) {
    const measured = await measureRounds(subjects, rounds, tell);
    const rows = summarise(measured, group.figures, group.ratios);
    reports.push({ ...group, rows: withAims(rows, subjects) });
  }
  tell();
  const report: BenchReport = {
    bench: bench.name,
    options: { ...sizes, ...lists },
    rounds,
    exact: bench.exact === true,
    ...surroundings(bench.packages),
    load: { before, after: loadNow() },
    groups: reports,
    missing,
  };
  console.log(`${bench.name}\n${headText(report)}`);
  for (const group of reports) console.log(`\n${await groupText(group, report.exact)}`);
  for (const line of missing) console.log(`\n${line}`);
  const last = await after?.();
  if (last !== undefined) console.log(`\n${last}`);
  return report;
};

/** What is being done, on the terminal only, in a line that goes away. */
const tell = (round?: number, subject?: string): void => {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[K${round === undefined ? '' : `round ${round}: ${subject}`}`);
};
