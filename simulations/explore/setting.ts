import type { DeviceId, Signer } from '../../protocol/crypto/index.ts';
import type { Origin, PlacedEvent } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import type { RunCrypto } from '../device/index.ts';
import type { DiskImage } from '../disk/index.ts';
import type { FrameTable } from './frame-table.ts';
import type { Ledger } from './ledger.ts';

/** One device of an explored world, before anything happens. */
export interface DeviceSetting {
  readonly number: number;
  readonly signer: Signer;
  /** The log that it writes to. */
  readonly main: Origin;
  readonly storeId: string;
  /** What is on its disk when the exploration begins; nothing before the space is founded. */
  readonly image: DiskImage | undefined;
}

/** What all devices of an explored world have in common. */
export interface Setting {
  readonly crypto: RunCrypto;
  readonly space: SpaceId;
  readonly genesis: Genesis;
  readonly founding: PlacedEvent;
  readonly devices: readonly DeviceSetting[];
  readonly frames: FrameTable;
  readonly ledger: Ledger;
  numberOf(device: DeviceId): number;
}
