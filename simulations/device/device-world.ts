import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { EngineEffect, EngineImage, EngineInput, EngineWork } from '../../protocol/engine/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import type { Agenda } from '../agenda/index.ts';
import type { Network } from '../network/index.ts';
import type { Goal } from '../plan/index.ts';
import type { RunCrypto } from './run-crypto.ts';

/** What surrounds a device. */
export interface DeviceWorld {
  readonly agenda: Agenda;
  readonly crypto: RunCrypto;
  readonly work: EngineWork;
  readonly space: SpaceId;
  readonly genesis: Genesis;
  readonly network: DeviceNetwork;
  readonly watcher: DeviceWatcher;
  /** The number of a device; undefined for one that takes no part. */
  numberOf(device: DeviceId): number | undefined;
  deviceOf(number: number): DeviceId;
}

/** What a device does in a network. */
export type DeviceNetwork = Pick<
  Network,
  'send' | 'publish' | 'break' | 'seek' | 'review' | 'lose' | 'leave'
>;

/** Who looks on. */
export interface DeviceWatcher {
  /** A device has begun to run on what its disk holds. */
  opened(device: number, image: EngineImage): void;
  /** Its engine has taken an input, of which this follows. */
  stepped(device: number, input: EngineInput, effects: readonly EngineEffect[]): void;
  /** Everything that it has written so far will outlive a loss of power. */
  synced(device: number): void;
  /** Something has happened that a run can be asked to have shown. */
  showed(goal: Goal): void;
}
