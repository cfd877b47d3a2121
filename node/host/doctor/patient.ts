import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type {
  KnownFork,
  LogTail,
  RetirementReason,
  SegmentPlace,
  StateImage,
  StateStanding,
  WaitingPlace,
} from '../../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../../protocol/event/index.ts';
import type { SmoError } from '../../../protocol/fault/index.ts';
import type { Role } from '../../../protocol/membership/index.ts';
import type { Status, VerifyReport } from '../../api/index.ts';
import { isOpenToOthers } from '../../files/index.ts';
import type { Environment, Home, HomeFile, MarkerEntries } from '../../home/index.ts';
import type { SalvagedLog } from '../../store/index.ts';
import type { StateTable } from './state-tables.ts';

/** Everything that the checks look at, read once. What could not be read is undefined. */
export interface Patient {
  readonly dir: string;
  readonly env: Environment;
  readonly nowMs: number;
  readonly home: HomeState;
  /** Whether the device no longer waits for what cannot be read of its own logs. */
  readonly givesUp: boolean;
  readonly records: RecordsState | undefined;
  /** Why the record store can be neither opened nor repaired: it is of a newer version, or the system refuses. */
  readonly refusal: SmoError | undefined;
  readonly state: DerivedState | undefined;
  /** What is known of the logs, and by them of the device, by applying them; undefined where they are damaged. */
  readonly logs: LogsState | undefined;
  readonly setAside: readonly SetAside[];
  /** Other devices that this one has met or heard of and that nobody has revoked: they may hold what is lost here. */
  readonly others: readonly DeviceId[];
  /** Status of a device that is up. */
  readonly live: Status | undefined;
}

export interface HomeState {
  /** What `home.json` says. */
  readonly file: HomeFile | undefined;
  /** The home with its key. */
  readonly home: Home | undefined;
  /** Why it does not open. */
  readonly error: SmoError | undefined;
  readonly modes: readonly FileMode[];
  readonly invites: SmoError | undefined;
  readonly marker: MarkerState | undefined;
  /** Free space of the disk in bytes; undefined where the system does not say. */
  readonly freeBytes: number | undefined;
  /** Paths of what an interrupted repair, or a process that was killed, has left. */
  readonly leftovers: readonly string[];
  /** Path of a control socket, whether somebody answers there or not. */
  readonly socket: string | undefined;
  /** Whether devices are let in because they may give back what a repair has cut. */
  readonly isRecovering: boolean;
}

export interface MarkerState {
  readonly path: string;
  readonly entries: MarkerEntries;
  /** Set when it is not as it should be: not there, not a marker, or not to be read. */
  readonly problem?: { readonly kind: 'missing' | 'damaged' | 'unreadable'; readonly message: string };
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

/** Whether a file of this user's can be used by others as well. */
export const isExposed = ({ mode, isOwn }: FileMode): boolean => isOwn && isOpenToOthers(mode);

export interface RecordsState {
  /** Why the store does not open. */
  readonly error: SmoError | undefined;
  readonly report: VerifyReport;
  readonly tails: readonly LogTail[];
  readonly damagedSegments: readonly SegmentPlace[];
  /** What a salvage would keep; undefined while nothing is damaged. */
  readonly salvage: readonly SalvagedLog[] | undefined;
  readonly times: EventTimes;
  /** Devices that an event revokes that can be read; it need not count. */
  readonly revoked: ReadonlySet<DeviceId>;
}

/** What the timestamps of the events say, in ms since 1970. */
export interface EventTimes {
  /** The newest that is not far in the future. */
  readonly newestMs: number;
  /** How many events of each log are dated far in the future. */
  readonly farFuture: ReadonlyMap<Origin, number>;
}

export interface DerivedState {
  /** What is wrong with the store of the state, in words. */
  readonly faults: readonly string[];
  /** Why the system does not let the store be opened. */
  readonly refusal: SmoError | undefined;
  /** `missing`: there is no store at all. */
  readonly standing: StateStanding | 'missing';
  readonly stored: StateImage | undefined;
  readonly tables: ReadonlyMap<string, StateTable>;
  /** The state made anew from the records; undefined where they are damaged. */
  readonly rebuilt: RebuiltState | undefined;
  /** Why it could not be made anew, where that is not the records' fault. */
  readonly error: SmoError | undefined;
}

export interface RebuiltState {
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly applied: ReadonlyMap<Origin, Seq>;
  readonly tables: ReadonlyMap<string, StateTable>;
  readonly logs: LogsState;
}

export interface LogsState {
  readonly waiting: readonly WaitingPlace[];
  readonly forks: readonly KnownFork[];
  /** Logs of this device that are written to no more, and why. */
  readonly retired: ReadonlyMap<Origin, RetirementReason>;
  readonly membership: OwnMembership;
}

/** What the device is in its space; unknown, as long as nothing that says so has come. */
export type OwnMembership =
  | { readonly type: 'member'; readonly role: Role }
  /** By the device of this name, or of this id where no name is known. */
  | { readonly type: 'revoked'; readonly by: string; readonly reason: string | undefined }
  | { readonly type: 'unknown' };

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
