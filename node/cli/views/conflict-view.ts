import type { CandidateView, ConflictView, Status } from '../../api/index.ts';
import { type NameOrigin, originNames } from '../device-names.ts';
import { cellText, printable, shellWord, timeText, valueText } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { shortId } from '../short-id.ts';
import { tableText } from '../table.ts';

/** `smo conflicts` for people: for each the candidates, which one shows, and how to choose. */
export const conflictsText = async (
  session: Session,
  conflicts: readonly ConflictView[],
  all: boolean,
  status: Status | undefined,
): Promise<string> => {
  if (conflicts.length === 0) return all ? 'There has been no conflict.' : 'No open conflicts.';
  const name = originNames(status);
  const blocks = await Promise.all(conflicts.map((conflict) => conflictText(session, conflict, name)));
  return blocks.join('\n\n');
};

const conflictText = async (session: Session, conflict: ConflictView, name: NameOrigin): Promise<string> => {
  const { entityId, field, winner, candidates } = conflict;
  const other = candidates.find((candidate) => candidate.eventId !== winner.eventId) ?? winner;
  const table = await tableText(
    ['', 'event', 'value', 'device', 'time'],
    candidates.map((candidate) => row(conflict, candidate, name)),
    '  ',
  );
  const choice = [entityId, field, shortId(other.eventId)].map(shellWord).join(' ');
  return [
    `${paint(session, 'bold', `${printable(entityId)} ${printable(field)}`)}  ${stateText(session, conflict)}`,
    table,
    ...(conflict.status === 'open' ? [`  To choose the other: smo resolve ${printable(choice)}`] : []),
  ].join('\n');
};

const row = (conflict: ConflictView, candidate: CandidateView, name: NameOrigin): string[] => {
  const shown = candidate.eventId === conflict.winner.eventId;
  const chosen = candidate.eventId === conflict.chosenEventId;
  return [
    chosen ? 'chosen' : shown ? 'shown' : '',
    shortId(candidate.eventId),
    cellText(valueText(candidate.value)),
    name(candidate.origin),
    timeText(candidate.timestamp),
  ];
};

const stateText = (session: Session, conflict: ConflictView): string => {
  if (conflict.status === 'open') return paint(session, 'yellow', 'open');
  const closedBy = conflict.closedBy === undefined ? '' : ` by ${shortId(conflict.closedBy)}`;
  return paint(session, 'dim', conflict.status + closedBy);
};
