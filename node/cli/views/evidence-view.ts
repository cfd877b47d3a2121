import type {
  EvidenceClaim,
  EvidenceImported,
  EvidenceReport,
  EvidenceView,
  SignedSide,
} from '../../api/index.ts';
import { printable, timeText } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { shortId } from '../short-id.ts';
import { tableText } from '../table.ts';

/** `smo evidence list` for people: whose log is frozen, and up to where it counts. */
export const evidenceListText = async (evidence: readonly EvidenceView[]): Promise<string> => {
  if (evidence.length === 0) return 'No log is known to have two histories.';
  const table = await tableText(
    ['device', 'counts up to', 'signed twice', 'log'],
    evidence.map((view) => [
      deviceText(view),
      `event ${view.forkSeq - 1}`,
      view.signed.map(({ signedAt }) => timeText(signedAt)).join(' and '),
      view.origin,
    ]),
  );
  const own = evidence.some(({ self }) => self)
    ? [
        '',
        'This device writes to another log now. What its frozen log does not count has to be written again.',
      ]
    : [];
  return [table, ...own].join('\n');
};

/** `smo evidence import` for people: what changes. */
export const evidenceImportedText = ({ claim, news }: EvidenceImported): string => {
  const { origin, forkSeq } = claim;
  if (!news) return `That log ${origin} has two histories is known here already.`;
  return `Log ${origin} is frozen: nothing in it counts from event ${forkSeq} on.`;
};

/** `smo evidence verify` for people: who has signed what twice, or why that is not proved. */
export const evidenceReportText = (session: Session, { claim, findings }: EvidenceReport): string =>
  claim === undefined
    ? [
        ...findings.map(({ code, message }) => `${printable(code)}  ${printable(message)}`),
        `${paint(session, 'red', 'Not proved')}: this file shows no device that has signed two histories.`,
      ].join('\n')
    : claimText(session, claim);

const claimText = (session: Session, claim: EvidenceClaim): string =>
  [
    `${paint(session, 'green', 'Proved')}: device ${claim.device} has signed two histories of one log.`,
    '',
    `  space  ${claim.space}`,
    `  log    ${claim.origin}`,
    '',
    claim.forkSeq === 1
      ? 'They differ from the first event on:'
      : `They agree up to event ${claim.forkSeq - 1} and differ from event ${claim.forkSeq} on:`,
    ...claim.signed.map((side) => `  - ${sideText(side, claim.forkSeq)}`),
    '',
    'Only the key of that device can have made both signatures. It happens when a home is restored from a copy or',
    'runs twice, or when somebody else holds the key. Events before the difference count, later ones do not.',
  ].join('\n');

const sideText = (
  { signedAt, segment, firstSeq, lastSeq, sealed, event }: SignedSide,
  fork: number,
): string => {
  const when = `signed ${timeText(signedAt)}: segment ${segment}`;
  if (event !== null) return `${when} up to event ${lastSeq}, where event ${fork} is ${event}`;
  if (firstSeq > fork || lastSeq >= fork) return `${when}, which begins with event ${firstSeq}`;
  return `${when}, ${sealed ? 'closed after' : 'up to'} event ${lastSeq}`;
};

const deviceText = ({ name, self, device }: EvidenceView): string => {
  const called = name ?? shortId(device);
  return self ? `${called} (this device)` : called;
};
