import type { TrialOutcome, Wrong } from './trial.ts';
import type { WorkloadName } from './workloads/index.ts';

/** Head of the table of outcomes. */
export const HEAD = 'WORKLOAD  OPERATIONS  SYNCS  STATES  REPAIRED  WRONG';

/** Characters of each number in that table. */
const WIDTHS = HEAD.split('  ')
  .slice(1)
  .map(({ length }) => length);

/** The line of a workload, and what was wrong in it. */
export const outcomeText = (
  workload: WorkloadName,
  { operations, syncs, states, repaired, wrong }: TrialOutcome,
): string => {
  const counts = [operations, syncs, states, repaired, wrong.length];
  const cells = counts.map((count, column) => String(count).padStart(WIDTHS[column] ?? 0));
  return [[workload.padEnd(8), ...cells].join('  '), ...wrong.map(wrongText)].join('\n');
};

const wrongText = ({ cut, findings, folder }: Wrong): string =>
  [
    `  what persisted: ${cut.persisted}`,
    ...findings.map((finding) => `    ${finding}`),
    `    ${folder}`,
  ].join('\n');
