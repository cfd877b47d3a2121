import type { LifeName } from './lives/index.ts';
import type { TrialOutcome, Wrong } from './trial.ts';

/** Head of the table of outcomes. */
export const HEAD = 'LIFE    DEEDS  SYNCS  DISKS  REPAIRED  WRONG';

/** The line of a life, and what was wrong in it. */
export const outcomeText = (
  life: LifeName,
  { deeds, syncs, disks, repaired, wrong }: TrialOutcome,
): string => {
  const counts = [deeds, syncs, disks].map((count) => String(count).padStart(5));
  const row = [life.padEnd(6), ...counts, String(repaired).padStart(8), String(wrong.length).padStart(5)];
  return [row.join('  '), ...wrong.map(wrongText)].join('\n');
};

const wrongText = ({ cut, findings, folder }: Wrong): string =>
  [`  what is left: ${cut.leftover}`, ...findings.map((finding) => `    ${finding}`), `    ${folder}`].join(
    '\n',
  );
