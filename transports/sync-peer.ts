import type { Connection, PeerId } from '@libp2p/interface';
import type { DeviceId } from '../protocol/crypto/index.ts';
import type { FrameStream } from './frame-stream.ts';

/** The live stream with a peer, and what it runs on. */
export interface Channel {
  readonly frames: FrameStream;
  readonly connection: Connection;
  /** Since when, on the monotonic clock in ms. */
  readonly sinceMs: number;
}

/** What the sync protocol knows of a peer that is a member. */
export interface SyncPeer {
  readonly device: DeviceId;
  readonly peerId: PeerId;
  channel: Channel | undefined;
  opening: boolean;
  probing: boolean;
  failures: number;
  retry: NodeJS.Timeout | undefined;
}

/** A member that has just been met. */
export const newPeer = (device: DeviceId, peerId: PeerId): SyncPeer => ({
  device,
  peerId,
  channel: undefined,
  opening: false,
  probing: false,
  failures: 0,
  retry: undefined,
});

/** Whether a stream on the connection would be better than the channel: there is none, or it runs through a relay. */
export const improves = (connection: Connection, channel: Channel | undefined): boolean =>
  channel === undefined || (connection.direct && !channel.connection.direct);
