import type { DeviceId } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { SyncSession } from '../sync/index.ts';
import type { LogBook } from './log-book.ts';

/** What is known of a connected peer. */
export interface PeerState {
  readonly device: DeviceId;
  /** How many published events the peer is not known to hold; undefined while its frontier is unknown. */
  readonly lag: number | undefined;
  /** How many events the peer holds that are not here; undefined while its frontier is unknown. */
  readonly behind: number | undefined;
  /** How much of each log that is held here the peer is known to hold; undefined while its frontier is unknown. */
  readonly holds: ReadonlyMap<Origin, Seq> | undefined;
  /** Logs on which the peer is not believed, and why. */
  readonly disputed: ReadonlyMap<Origin, Fault>;
}

/** What a session and the own logs say of a peer. */
export const peerState = (
  device: DeviceId,
  { remote, remoteKnown }: SyncSession,
  logs: LogBook,
): PeerState => {
  const { disputed } = remote;
  if (!remoteKnown) return { device, lag: undefined, behind: undefined, holds: undefined, disputed };
  const held = (origin: Origin): Seq => remote.entry(origin)?.seq ?? 0;
  const holds = new Map<Origin, Seq>();
  let lag = 0;
  let behind = 0;
  for (const { origin, seq } of logs.frontier.entries()) {
    holds.set(origin, Math.min(seq, held(origin)));
    lag += Math.max(0, seq - held(origin));
  }
  for (const origin of remote.ahead()) behind += Math.max(0, held(origin) - logs.length(origin));
  return { device, lag, behind, holds, disputed };
};

/** Disputes after which a claim on a log may still turn out to be true. */
const OPEN_CLAIMS: ReadonlySet<string> = new Set(['stalled', 'slow', 'history_differs']);

/**
 * Whether a peer claims to know more of some logs, or another history of them. A claim is over when the peer has
 * sent what it speaks of, or nothing, or what was not signed.
 *
 * @param concerns which logs this is about
 */
export const claimsMore = (
  { remote }: Pick<SyncSession, 'remote'>,
  concerns: (origin: Origin) => boolean,
): boolean => {
  const { disputed } = remote;
  const isOpen = (origin: Origin): boolean => {
    const code = disputed.get(origin)?.code;
    return code === undefined || OPEN_CLAIMS.has(code);
  };
  for (const origin of remote.lacking()) if (concerns(origin) && isOpen(origin)) return true;
  for (const [origin, { code }] of disputed) if (code === 'history_differs' && concerns(origin)) return true;
  return false;
};
