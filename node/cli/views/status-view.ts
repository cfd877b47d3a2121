import type { PeerStatus, Status, WaitingLog } from '../../api/index.ts';
import { originNames } from '../device-names.ts';
import { bytesText, countText, printable, timeText } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { shortId } from '../short-id.ts';
import { tableText } from '../table.ts';

/** `smo status` for people: what is here, who is where, what waits. */
export const statusText = async (session: Session, status: Status): Promise<string> => {
  const logs = countText(Object.keys(status.frontier).length, 'log');
  const segments = countText(status.segments, 'sealed segment');
  const { bytesIn, bytesOut } = status.traffic;
  return [
    `${paint(session, 'bold', printable(status.name))} in the space "${printable(status.spaceName)}"`,
    `  device     ${status.device}`,
    ...revokedLines(session, status),
    `  network    ${networkText(session, status)}`,
    ...status.addresses.map((address) => `             ${printable(address)}`),
    `  events     ${countText(status.events, 'event')} in ${logs}, ${segments}`,
    ...(status.excluded === 0
      ? []
      : [
          `  excluded   ${status.excluded.toLocaleString('en')} of them ${status.excluded === 1 ? 'does' : 'do'} not count; "smo log" marks them`,
        ]),
    `  entities   ${status.entities.toLocaleString('en')}`,
    `  digest     ${status.digest}`,
    ...(status.running ? [`  traffic    ${bytesText(bytesIn)} in, ${bytesText(bytesOut)} out`] : []),
    `  conflicts  ${conflictsText(session, status)}`,
    ...waitingLines(session, status),
    '',
    await peersText(status.peers),
  ].join('\n');
};

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

/** The other devices, one a line. */
export const peersText = async (peers: readonly PeerStatus[]): Promise<string> =>
  peers.length === 0
    ? 'No other devices yet; "smo invite" adds one.'
    : tableText(
        ['device', 'role', 'state', 'behind by', 'why', 'id', 'address'],
        peers.map((peer) => [
          peer.name,
          peer.role,
          peer.connected ? 'connected' : 'away',
          lagText(peer.lag),
          peer.reason ?? '',
          shortId(peer.device),
          pathText(peer, peers),
        ]),
      );

/** Where a device is connected, or through which other one. */
const pathText = ({ path, relay }: PeerStatus, peers: readonly PeerStatus[]): string => {
  if (relay === undefined) return path ?? '';
  return `through relay ${peers.find(({ device }) => device === relay)?.name ?? shortId(relay)}`;
};

const lagText = (lag: number | null): string => {
  if (lag === null) return 'unknown';
  return lag === 0 ? 'nothing' : countText(lag, 'event');
};

const networkText = (session: Session, status: Status): string => {
  if (!status.running) return 'not running; "smo up" starts it';
  if (!status.online) return paint(session, 'yellow', 'paused; "smo online" resumes it');
  const connected = status.peers.filter((peer) => peer.connected).length;
  return `${paint(session, 'green', 'up')}, connected to ${connected} of ${countText(status.peers.length, 'device')}`;
};

const conflictsText = (session: Session, status: Status): string => {
  const closed = `${status.closedConflicts.toLocaleString('en')} closed`;
  if (status.openConflicts === 0) return `none open, ${closed}`;
  const open = paint(session, 'yellow', `${status.openConflicts.toLocaleString('en')} open`);
  return `${open}, ${closed}; "smo conflicts" shows them`;
};

const waitingLines = (session: Session, status: Status): string[] => {
  const nameOf = originNames(status);
  const line = ({ origin, seq, waitsFor }: WaitingLog): string =>
    `events of ${printable(nameOf(origin))} from ${seq} on wait for event ${waitsFor.seq} of ${printable(nameOf(waitsFor.origin))}`;
  return status.waiting.map(
    (log, i) => `${i === 0 ? '  waiting  ' : '           '}  ${paint(session, 'yellow', line(log))}`,
  );
};
