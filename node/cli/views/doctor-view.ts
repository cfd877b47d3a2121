import type { DoctorFinding, DoctorRepair, DoctorReport, Remedy } from '../../api/index.ts';
import { countText, printable } from '../format.ts';
import { type Colour, paint, type Session } from '../session.ts';

/** Findings of one kind that are shown; `--json` has them all. */
const SHOWN_MAX = 10;

const GROUPS: readonly (readonly [Remedy, string, Colour])[] = [
  ['person', 'Needs you', 'red'],
  ['repair', 'Can be repaired', 'yellow'],
  ['self', 'Comes right by itself', 'bold'],
  ['none', 'Good to know', 'bold'],
];

/**
 * `smo doctor` for people: what was mended, what is not well by who has to do something, what a repair would do,
 * then in a line each what is well, and at the end where one looks first: what it comes to.
 */
export const doctorText = (session: Session, report: DoctorReport): string => {
  const { findings, repairs, healthy, skipped } = report;
  const done = repairs.filter((repair) => repair.done);
  const failed = repairs.filter(({ failure }) => failure !== undefined);
  const planned = repairs.filter((repair) => !repair.done && repair.failure === undefined);
  const sections = [
    section(session, 'Repaired', 'green', done.map(repairText)),
    section(session, 'Could not be repaired', 'red', failed.map(repairText)),
    ...GROUPS.map(([remedy, title, colour]) => {
      const some = findings.filter((finding) => finding.remedy === remedy);
      return section(session, title, colour, findingTexts(some), some.length);
    }),
    section(session, '"smo doctor --repair"', 'yellow', planned.map(repairText)),
    section(session, 'Healthy', 'green', checkTexts(healthy)),
    section(session, 'Not looked at', 'bold', checkTexts(skipped)),
    [verdictText(session, report)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
};

const section = (
  session: Session,
  title: string,
  colour: Colour,
  lines: readonly string[],
  count = lines.length,
): readonly string[] =>
  lines.length === 0
    ? []
    : [
        paint(session, colour, `${title} (${count.toLocaleString('en')})`),
        ...lines.map((line) => `  ${line}`),
      ];

const findingTexts = (findings: readonly DoctorFinding[]): readonly string[] => {
  const lines = findings.slice(0, SHOWN_MAX).map(({ code, message, hint }, i) => {
    // What is to be done is said once for findings that follow each other.
    const isSaid = findings[i + 1]?.hint === hint && i + 1 < SHOWN_MAX;
    return `${printable(code)}  ${shown(message)}${isSaid ? '' : `\n      ${shown(hint)}`}`;
  });
  const more = findings.length - lines.length;
  return more > 0 ? [...lines, `and ${countText(more, 'more finding')}; --json lists them`] : lines;
};

const repairText = ({ message, details = [], copy, failure }: DoctorRepair): string => {
  const lines = [message, ...details];
  if (copy !== undefined) lines.push(`copy: ${copy}`);
  if (failure !== undefined) lines.push(failure);
  return lines.map(shown).join('\n      ');
};

/** The id of a log, of which a person needs less. */
const LOG = /\b(12D3KooW\w{8})\w{36}(\.[a-z2-7]{8})\b/g;

const shown = (text: string): string => printable(text).replaceAll(LOG, '$1…$2');

/** Checks in a column of their own. */
const checkTexts = (checks: DoctorReport['healthy']): readonly string[] => {
  const width = Math.max(0, ...checks.map(({ check }) => check.length));
  return checks.map(({ check, message }) => `${check.padEnd(width)}  ${printable(message)}`);
};

const verdictText = (session: Session, { ok, findings }: DoctorReport): string => {
  const count = (remedy: Remedy): number => findings.filter((finding) => finding.remedy === remedy).length;
  if (ok) {
    const self = count('self');
    const more = self > 0 ? ` ${countText(self, 'finding')} will pass.` : '';
    return paint(session, 'green', `Nothing needs to be done.${more}`);
  }
  const parts = [
    ...(count('person') > 0 ? [`${countText(count('person'), 'finding')} for you`] : []),
    ...(count('repair') > 0 ? [`${countText(count('repair'), 'finding')} for "smo doctor --repair"`] : []),
  ];
  return paint(session, 'red', `${parts.join(', ')}.`);
};
