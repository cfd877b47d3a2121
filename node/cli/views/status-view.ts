import type { PeerStatus, Status } from '../../api/index.ts';
import { agoText, bytesText, countText, printable } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { shortId } from '../short-id.ts';
import { tableText } from '../table.ts';
import { attentionLines } from './attention-view.ts';

/** `smo status` for people: first what one wants to know at a glance, then who is where, then the details. */
export const statusText = async (session: Session, status: Status): Promise<string> => {
  const { bytesIn, bytesOut } = status.traffic;
  const logs = countText(Object.keys(status.frontier).length, 'log');
  return [
    `${paint(session, 'bold', printable(status.name))} in the space "${printable(status.spaceName)}"`,
    `  network    ${networkText(session, status)}`,
    `  data       ${copiesText(session, status)}`,
    `  conflicts  ${conflictsText(session, status)}`,
    ...attentionLines(session, status),
    '',
    await peersText(status.peers),
    '',
    `  device     ${status.device}`,
    ...status.addresses.map(
      (address, i) => `  ${i === 0 ? 'addresses' : '         '}  ${printable(address)}`,
    ),
    `  events     ${countText(status.events, 'event')} in ${logs}, ${countText(status.segments, 'sealed segment')}`,
    `  entities   ${status.entities.toLocaleString('en')}`,
    `  digest     ${status.digest}`,
    ...(status.running ? [`  traffic    ${bytesText(bytesIn)} in, ${bytesText(bytesOut)} out`] : []),
  ].join('\n');
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
          stateText(peer),
          lagText(peer.lag),
          peer.reason ?? '',
          shortId(peer.device),
          pathText(peer, peers),
        ]),
      );

const stateText = ({ connected, lastSeen }: PeerStatus): string => {
  if (connected) return 'connected';
  return lastSeen === undefined ? 'away' : `away for ${agoText(Date.now() - lastSeen)}`;
};

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

/** Whether everything is somewhere else too, as far as is known. */
const copiesText = (session: Session, { events, copies, peers }: Status): string => {
  const { onlyHere, complete } = copies;
  if (peers.length === 0)
    return paint(session, 'yellow', 'on this device alone; "smo invite" adds another one');
  if (onlyHere > 0) {
    const some = `${onlyHere.toLocaleString('en')} of ${countText(events, 'event')}`;
    return paint(session, 'yellow', `${some} are on this device alone, as far as is known`);
  }
  const names = peers.filter(({ device }) => complete.includes(device)).map(({ name }) => printable(name));
  const where = names.length === 0 ? 'on one other device or another' : `on ${listText(names)}`;
  return `all ${countText(events, 'event')} are also ${where}`;
};

const listText = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
