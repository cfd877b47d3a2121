import { sweepReport } from '../report/sweep-report.ts';
import type { SummaryRow } from './summary.ts';
import type { SweepHead } from './sweep-head.ts';
import type { SweepRun } from './sweep-run.ts';

/** What depends on the machine and its load is in the tables, and is no finding. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(['peak_memory_bytes', 'wall_ms']);

/** A sweep as a page with figures. */
export const reportOfSweep = (
  { name, parameters, version, node }: SweepHead,
  runs: readonly SweepRun[],
  summary: readonly SummaryRow[],
): string => {
  const count = (verdict: string): number => runs.filter(({ outcome }) => outcome.verdict === verdict).length;
  return sweepReport({
    title: `${name}, a sweep`,
    about:
      'Each point is the median over all seeds; the bar holds the median with 95 %, and is left out of too few runs.',
    facts: [
      ['varied', parameters.map(({ name: path, values }) => `${path}: ${values.join(', ')}`).join('; ')],
      ['runs', `${runs.length}: ${count('pass')} pass, ${count('fail')} fail, ${count('unknown')} unknown`],
      ['made by', `smo-mesh ${version} on Node.js ${node}`],
      ['files', 'sweep.csv has a row for each run, summary.csv the medians'],
    ],
    rows: summary
      .filter(({ metric }) => !OF_THE_MACHINE.has(metric))
      .map(({ low, high, ...row }) => ({ ...row, low: low ?? undefined, high: high ?? undefined })),
  });
};
