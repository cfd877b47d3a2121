import type { DoctorFinding, DoctorRepair, DoctorReport, Remedy } from '../../api/index.ts';
import { countText, printable } from '../format.ts';
import { type Colour, paint, type Session } from '../session.ts';

/** Findings of one kind that are shown; `--json` has them all. */
const SHOWN_MAX = 10;

const GROUPS: readonly (readonly [Remedy, string, Colour])[] = [
  ['person', 'Needs you:', 'red'],
  ['repair', 'Can be repaired:', 'yellow'],
  ['self', 'Comes right by itself:', 'bold'],
  ['none', 'Good to know:', 'bold'],
];

/** `smo doctor` for people: what was mended, what is well, and what is not, by who has to do something. */
export const doctorText = (session: Session, { ok, healthy, findings, repairs }: DoctorReport): string => {
  const done = repairs.filter((repair) => repair.done);
  const planned = repairs.filter((repair) => !repair.done);
  const sections = [
    section(session, 'Repaired:', 'green', done.map(repairText)),
    section(
      session,
      'Healthy:',
      'green',
      healthy.map(({ check, message }) => `${check}: ${printable(message)}`),
    ),
    ...GROUPS.map(([remedy, title, colour]) =>
      section(session, title, colour, findingTexts(findings, remedy)),
    ),
    section(session, '`smo doctor --repair`', 'yellow', planned.map(repairText)),
    [verdictText(session, ok, findings)],
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
): readonly string[] =>
  lines.length === 0 ? [] : [paint(session, colour, title), ...lines.map((line) => `  ${line}`)];

const findingTexts = (findings: readonly DoctorFinding[], remedy: Remedy): readonly string[] => {
  const some = findings.filter((finding) => finding.remedy === remedy);
  const lines = some.slice(0, SHOWN_MAX).map(({ code, message, hint }, i) => {
    // What is to be done is said once for findings that follow each other.
    const isSaid = some[i + 1]?.hint === hint && i + 1 < SHOWN_MAX;
    return `${printable(code)}  ${printable(message)}${isSaid ? '' : `\n      ${printable(hint)}`}`;
  });
  const more = some.length - lines.length;
  return more > 0 ? [...lines, `and ${countText(more, 'more finding')}; --json lists them`] : lines;
};

const repairText = ({ message }: DoctorRepair): string => printable(message);

const verdictText = (session: Session, ok: boolean, findings: readonly DoctorFinding[]): string => {
  if (ok) return paint(session, 'green', 'Nothing needs to be done.');
  const count = (remedy: Remedy): number => findings.filter((finding) => finding.remedy === remedy).length;
  const parts = [
    ...(count('person') > 0 ? [`${countText(count('person'), 'finding')} for you`] : []),
    ...(count('repair') > 0 ? [`${countText(count('repair'), 'finding')} for "smo doctor --repair"`] : []),
  ];
  return paint(session, 'red', `${parts.join(', ')}.`);
};
