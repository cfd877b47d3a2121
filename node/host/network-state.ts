import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { PeerPath } from '../../transports/index.ts';
import type { Traffic } from '../api/index.ts';

/** What is known of the network, now. */
export interface NetworkState {
  /** Whether `smo up` is running. */
  readonly running: boolean;
  readonly online: boolean;
  readonly addresses: readonly string[];
  readonly traffic: Traffic;
  /** The way to each connected device. */
  readonly paths: ReadonlyMap<DeviceId, PeerPath>;
  /** Why a device is not connected, where that is known. */
  readonly reasons: ReadonlyMap<DeviceId, string>;
}

/** The state of the network of a device that isn't up. */
export const NOT_RUNNING: NetworkState = {
  running: false,
  online: false,
  addresses: [],
  traffic: { bytesIn: 0, bytesOut: 0 },
  paths: new Map(),
  reasons: new Map(),
};
