import type { Connection, PeerId } from '@libp2p/interface';
import { PING_PROTOCOL } from '@libp2p/ping';
import { type DeviceId, parseDeviceId } from '../protocol/crypto/index.ts';
import { relayInAddress } from './addresses.ts';
import type { PeerPath } from './mesh.ts';

/** How long a graceful hang-up may take, in ms, before the connection is cut. */
const HANG_UP_TIMEOUT_MS = 500;

/** How long a connection may take to answer, in ms, before it counts as dead. */
const ANSWER_TIMEOUT_MS = 2_000;

/** The device behind a libp2p peer; undefined when its key is no Ed25519 key, so that it can't be a device. */
export const deviceOf = (peer: PeerId): DeviceId | undefined => {
  const verdict = parseDeviceId(peer.toString());
  return verdict.ok ? verdict.value : undefined;
};

/** The path that a connection takes, for people. */
export const pathOf = (connection: Connection): PeerPath => {
  const address = connection.remoteAddr.toString().replace(/\/p2p\/[^/]+$/, '');
  const relay = relayOf(connection);
  return {
    kind: relay !== undefined ? 'relay' : kindOf(address),
    address,
    direction: connection.direction,
    ...(relay !== undefined && { relay }),
  };
};

/** The device that relays a connection; undefined for a direct one. */
export const relayOf = ({ remoteAddr }: Connection): DeviceId | undefined => relayInAddress(remoteAddr);

/** The devices with which this one is connected through a relay. */
export const devicesBehind = (relay: DeviceId, connections: readonly Connection[]): readonly DeviceId[] =>
  openConnections(connections)
    .filter((connection) => relayOf(connection) === relay)
    .flatMap(({ remotePeer }) => deviceOf(remotePeer) ?? []);

/**
 * Those of the connections that are still open: direct ones before relayed ones, then the newest first, because
 * of two the older is more often dead.
 */
export const openConnections = (connections: readonly Connection[]): readonly Connection[] =>
  connections
    .filter((connection) => connection.status === 'open')
    .sort((a, b) => Number(b.direct) - Number(a.direct) || b.timeline.open - a.timeline.open);

/** Closes a connection, cutting it when the remote takes too long. Never rejects. */
export const hangUp = async (connection: Connection, reason: string): Promise<void> => {
  try {
    await connection.close({ signal: AbortSignal.timeout(HANG_UP_TIMEOUT_MS) });
  } catch {
    connection.abort(new Error(reason));
  }
};

/**
 * Whether the remote end still answers. A connection to a machine that lost its power or its network looks
 * open until libp2p's own ping fails, which takes 15 s; this asks at once.
 */
export const answers = async (connection: Connection): Promise<boolean> => {
  try {
    const stream = await connection.newStream(PING_PROTOCOL, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      runOnLimitedConnection: true,
    });
    stream.abort(new Error('the connection answers'));
    return true;
  } catch {
    return false;
  }
};

const kindOf = (address: string): PeerPath['kind'] => {
  if (address.startsWith('/memory/')) return 'memory';
  return address.includes('/ws') ? 'ws' : 'tcp';
};
