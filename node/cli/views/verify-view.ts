import { countText, printable } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { shortId } from '../short-id.ts';

/** What a verification of this program's store or of a Smo.OS folder gives. */
interface AnyReport {
  readonly ok: boolean;
  readonly logs?: number;
  readonly segments: number;
  readonly events: number;
  readonly digest?: string;
  readonly findings: readonly Finding[];
}

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly origin?: string;
  readonly segment?: number;
  readonly seq?: number;
}

/** `smo verify` for people: what is wrong, a line for each run of events with the same fault, and what was checked. */
export const verifyText = (session: Session, report: AnyReport): string => {
  const logs = report.logs === undefined ? '' : `${countText(report.logs, 'log')}, `;
  const checked = `${logs}${countText(report.segments, 'segment')}, ${countText(report.events, 'event')}`;
  const verdict = report.ok
    ? `${paint(session, 'green', 'All is well')}: ${checked} verified.`
    : `${paint(session, 'red', countText(report.findings.length, 'fault'))} in ${checked}.`;
  return [
    ...runsOf(report.findings).map(runText),
    verdict,
    ...(report.digest === undefined ? [] : [`digest  ${report.digest}`]),
  ].join('\n');
};

/** Findings that say the same of one event after the other; one by itself is a run too. */
interface Run {
  readonly first: Finding;
  last: Finding;
}

const runsOf = (findings: readonly Finding[]): readonly Run[] => {
  const runs: Run[] = [];
  for (const finding of findings) {
    const run = runs.at(-1);
    if (run !== undefined && continues(run.last, finding)) run.last = finding;
    else runs.push({ first: finding, last: finding });
  }
  return runs;
};

const continues = (before: Finding, { code, message, origin, segment, seq }: Finding): boolean =>
  before.seq !== undefined &&
  seq === before.seq + 1 &&
  code === before.code &&
  message === before.message &&
  origin === before.origin &&
  segment === before.segment;

const runText = ({ first: { code, message, origin, segment, seq }, last }: Run): string => {
  const events = seq === last.seq ? `event ${seq}` : `events ${seq} to ${last.seq}`;
  const place = [
    ...(origin === undefined ? [] : [`log ${shortId(origin)}`]),
    ...(segment === undefined ? [] : [`segment ${segment}`]),
    ...(seq === undefined ? [] : [events]),
  ].join(' ');
  return `${printable(code)}  ${place === '' ? '' : `${printable(place)}: `}${printable(message)}`;
};
