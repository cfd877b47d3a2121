import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Engine, RecordStore, StateStore } from '../../protocol/engine/index.ts';
import type { RowReader } from './kept-rows.ts';

/** A device of a run, as far as checks look at it. Its members are read anew each time. */
export interface WatchedDevice {
  readonly number: number;
  readonly device: DeviceId;
  readonly isUp: boolean;
  /** What its wall clock shows, in ms since 1970. */
  readonly nowMs: number;
  /** Looked at only while the device is up. */
  readonly engine: Engine;
  /** What its disk holds, for {@link Checks.finished} and where histories of one log have to be told apart. */
  readonly records: Pick<RecordStore, 'record' | 'records' | 'evidence' | 'manifest' | 'damagedSegments'>;
  readonly state: Pick<StateStore, 'scan'>;
  /** The same without waiting. */
  readonly rows: RowReader;
}
