import type { Crypto, Signer } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import type { SpaceId } from '../manifest/index.ts';
import type { Genesis } from '../membership/index.ts';
import type { EngineWork } from './engine-work.ts';
import type { EngineImage } from './image.ts';
import type { RetirementReason } from './own-logs.ts';
import type { RecordStore, StateStore } from './ports.ts';

/** What makes a replica this one. */
export interface EngineOptions {
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly space: SpaceId;
  readonly genesis: Genesis;
  /** The log that this device writes to by default. */
  readonly origin: Origin;
  /** Logs of this device that it does not write to, as is known from outside of the store. */
  readonly retired?: Iterable<readonly [Origin, RetirementReason]>;
  /** Reads without waiting; everything else goes through effects. */
  readonly records: Pick<RecordStore, 'record' | 'manifest' | 'damagedSegments'>;
  readonly state: Pick<StateStore, 'get'>;
  readonly image: EngineImage;
  /** By default all work is done anew. */
  readonly work?: EngineWork;
}
