import type { LogTail, SegmentPlace, StateImage } from '../../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../../protocol/event/index.ts';
import type { SmoError } from '../../../protocol/fault/index.ts';
import type { Status, VerifyReport } from '../../api/index.ts';
import type { Environment, Home, MarkerEntries } from '../../home/index.ts';
import type { SalvagedLog } from '../../store/index.ts';

/** Everything that the checks look at, read once. What could not be read is undefined. */
export interface Patient {
  readonly dir: string;
  readonly env: Environment;
  readonly nowMs: number;
  readonly home: HomeState;
  readonly records: RecordsState | undefined;
  /** Why the record store can be neither opened nor repaired: it is of a newer version. */
  readonly refusal: SmoError | undefined;
  readonly state: DerivedState | undefined;
  readonly setAside: readonly SetAside[];
  /** Status of a device that is up. */
  readonly live: Status | undefined;
}

export interface HomeState {
  readonly home: Home | undefined;
  /** Why it does not open. */
  readonly error: SmoError | undefined;
  readonly modes: readonly FileMode[];
  readonly invites: SmoError | undefined;
  readonly marker: MarkerEntries;
  /** Free space of the disk in bytes; undefined where the system does not say. */
  readonly freeBytes: number | undefined;
}

/** A file that only its owner may use. */
export interface FileMode {
  readonly path: string;
  readonly mode: number;
  /** The mode that it should have. */
  readonly wanted: number;
  /** Whether it belongs to the user of this process. */
  readonly isOwn: boolean;
}

export interface RecordsState {
  /** Why the store does not open. */
  readonly error: SmoError | undefined;
  readonly report: VerifyReport;
  readonly tails: readonly LogTail[];
  readonly damagedLogs: ReadonlySet<Origin>;
  readonly damagedSegments: readonly SegmentPlace[];
  /** What a salvage would keep; undefined while nothing is damaged. */
  readonly salvage: readonly SalvagedLog[] | undefined;
  readonly times: EventTimes;
}

/** What the timestamps of the events say, in ms since 1970. */
export interface EventTimes {
  /** The newest that is not far in the future. */
  readonly newestMs: number;
  /** How many events of each log are dated far in the future. */
  readonly farFuture: ReadonlyMap<Origin, number>;
}

export interface DerivedState {
  readonly isMissing: boolean;
  /** What is wrong with the store of the state, in words. */
  readonly faults: readonly string[];
  readonly stored: StateImage | undefined;
  /** The state made anew from the records; undefined where they are damaged. */
  readonly rebuilt: RebuiltState | undefined;
}

export interface RebuiltState {
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly applied: ReadonlyMap<Origin, Seq>;
  readonly waiting: readonly { readonly place: Place; readonly waitsFor: Place }[];
}

interface Place {
  readonly origin: Origin;
  readonly seq: Seq;
}

/** A record store that a salvage has moved away, and what it might still give. */
export interface SetAside {
  /** Path of its folder. */
  readonly folder: string;
  readonly logs: readonly SetAsideLog[];
}

export interface SetAsideLog {
  readonly origin: Origin;
  /** Length of the log in it. */
  readonly stored: Seq;
  /** Length of the log in the store now. */
  readonly length: Seq;
  /** Records after that, which it could give now. */
  readonly next: number;
}
