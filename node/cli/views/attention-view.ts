import type { Status, WaitingLog } from '../../api/index.ts';
import { originNames } from '../device-names.ts';
import { countText, printable, timeText } from '../format.ts';
import { paint, type Session } from '../session.ts';

/** What a person should know of beside the conflicts; nothing when all is as usual. */
export const attentionLines = (session: Session, status: Status): readonly string[] => [
  ...revokedLines(session, status),
  ...rebuildingLines(session, status),
  ...forkedLines(session, status),
  ...damagedLines(session, status),
  ...retiredLines(status),
  ...excludedLines(status),
  ...strikeLines(session, status),
  ...waitingLines(session, status),
];

const revokedLines = (session: Session, status: Status): readonly string[] => {
  if (status.revoked === undefined) return [];
  const { by, at, reason } = status.revoked;
  const who = by === status.device ? 'by itself' : `by ${printable(originNames(status)(by))}`;
  const why = reason === null ? '' : `: ${printable(reason)}`;
  return [
    `  revoked    ${paint(session, 'red', `this device was removed from the space ${who} at ${timeText(at)}${why}`)}`,
    '             What it writes counts nowhere. To use it again, join in a new home: smo --home FOLDER join TICKET',
  ];
};

const rebuildingLines = (session: Session, { rebuilding }: Status): readonly string[] => {
  if (rebuilding === undefined) return [];
  const { done, total } = rebuilding;
  const text = `${done.toLocaleString('en')} of ${countText(total, 'event')} applied; what is asked or written waits`;
  return [`  rebuilding ${paint(session, 'yellow', text)}`];
};

const forkedLines = (session: Session, status: Status): readonly string[] => {
  const nameOf = originNames(status);
  return status.forkedLogs.map(({ origin, seq }, i) => {
    const text = `${printable(nameOf(origin))} has signed two histories of one log: nothing in it counts from event ${seq} on`;
    return `  ${i === 0 ? 'forked   ' : '         '}  ${paint(session, 'red', text)}; "smo evidence list" has the proof`;
  });
};

const damagedLines = (session: Session, { damagedSegments, origin }: Status): readonly string[] => {
  if (damagedSegments.length === 0) return [];
  const own = damagedSegments.filter((damaged) => damaged.origin === origin).length;
  const whose =
    own === 0 ? '' : `, ${own.toLocaleString('en')} of them in the log that this device writes to`;
  const text = `${countText(damagedSegments.length, 'segment')} cannot be read here${whose}`;
  return [
    `  damaged    ${paint(session, 'yellow', text)}`,
    '             A device that holds them gives them back when it is connected; "smo doctor" says more',
  ];
};

/** Nothing needs to be done about it: the device goes on by itself. */
const retiredLines = ({ retiredLogs }: Status): readonly string[] => {
  if (retiredLogs.length === 0) return [];
  const reasons = [...new Set(retiredLogs.map(({ reason }) => RETIRED_TEXT[reason]))].join('; ');
  return [`  new log    this device goes on in a new log: ${reasons}`];
};

const RETIRED_TEXT = {
  behind: 'its store was older than what it had signed',
  ahead: 'others held more of its log than it did',
  forked: 'two histories of its log are signed, as when a home is copied',
  excluded: 'what follows in the old one would not count',
  waiting: 'the old one waits for events that may never come',
} as const;

const excludedLines = ({ excluded }: Status): readonly string[] =>
  excluded === 0
    ? []
    : [
        `  excluded   ${countText(excluded, 'event')} ${excluded === 1 ? 'does' : 'do'} not count; "smo log" marks ${excluded === 1 ? 'it' : 'them'}`,
      ];

const strikeLines = (session: Session, { peers }: Status): readonly string[] =>
  peers
    .filter(({ strikes }) => strikes > 0)
    .map(({ name, strikes }) => {
      const text = `${printable(name)} has sent what is wrong ${countText(strikes, 'time')} within the hour`;
      return `  strikes    ${paint(session, 'yellow', text)}; what "smo up" prints says what`;
    });

const waitingLines = (session: Session, status: Status): readonly string[] => {
  const nameOf = originNames(status);
  const line = ({ origin, seq, waitsFor }: WaitingLog): string =>
    `events of ${printable(nameOf(origin))} from ${seq} on wait for event ${waitsFor.seq} of ${printable(nameOf(waitsFor.origin))}`;
  return status.waiting.map(
    (log, i) => `  ${i === 0 ? 'waiting  ' : '         '}  ${paint(session, 'yellow', line(log))}`,
  );
};
