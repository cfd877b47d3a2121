import type { EventDraft } from '../../protocol/event/index.ts';
import type { Role } from '../../protocol/membership/index.ts';
import type { TiePolicy } from '../agenda/index.ts';
import type { CommitStep, EventStep, TreePath } from './history.ts';
import type { Deceit, DiskIll } from './ills.ts';

/**
 * A run with every decision made that the scenario leaves to chance. What frames, disks and clocks draw on their way
 * follows from the seed and is not in it. Devices are named by number, from 0; times are virtual microseconds since
 * the run began, as integers.
 */
export interface Plan {
  readonly name: string;
  /** What the scenario hunts, in a sentence. */
  readonly about: string;
  /** 64 bits, in decimal digits. */
  readonly seed: string;
  readonly devices: readonly PlannedDevice[];
  /** Pairs that keep up a session whenever they reach each other. */
  readonly links: readonly PlannedLink[];
  readonly phases: Phases;
  /** Set when all devices begin with what the founder wrote on their disks; without it word of that goes through the mesh. */
  readonly founding?: 'before';
  /** In which order things happen at the same time; without it a drawn one. */
  readonly ties?: Exclude<TiePolicy, 'random'>;
  /** What people do, in order of time. */
  readonly operations: readonly Operation[];
  /** What goes wrong, and what ends it, in order of time. */
  readonly faults: readonly Fault[];
  /** What must have happened for the run to mean anything. */
  readonly goals: readonly Goal[];
  /** Devices that must be equal in the end; without it all. */
  readonly core?: readonly number[];
  /** What must be found in the end; what isn't named may be anything. */
  readonly expected?: Expected;
  /** All that git holds in the end of the history that is written: what every device of the core must come to. */
  readonly tree?: readonly TreePath[];
}

/** What must be so in the end, and bounds on what all devices of the core agree on then. */
export interface Expected {
  readonly openConflicts?: Bounds;
  readonly closedConflicts?: Bounds;
  readonly excludedEvents?: Bounds;
  /** Logs that are known to be forked. */
  readonly forks?: Bounds;
  /** Each device of the core that may write does so once more when all are equal, and all get that. */
  readonly lastWord?: boolean;
}

/** Both included; without one of them there is none. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface PlannedDevice {
  /** The first device founds the space, as an admin. */
  readonly role: Role;
  /** How far its wall clock is ahead at the beginning, in ms. */
  readonly clockAheadMs: number;
  /** How much faster it goes, in parts of a million. */
  readonly clockDriftPpm: number;
  /** How long a read, and a durable write, take. */
  readonly readUs: number;
  readonly syncUs: number;
  /** It is a second one with the key of that device, and is not there before it is made; it is no member of its own. */
  readonly cloneOf?: number;
}

export interface PlannedLink {
  readonly a: number;
  readonly b: number;
  /** Least time that a frame takes. */
  readonly minUs: number;
  /** Mean of the exponentially distributed time that it takes beside that. */
  readonly meanExtraUs: number;
  readonly bytesPerSecond: number;
  /** Frames out of a million that have to be sent again; the stream waits for them. */
  readonly lossPpm: number;
}

/** Ends of the phases. */
export interface Phases {
  /** Up to here all devices become members and equal, and nothing goes wrong. */
  readonly setupUs: number;
  /** Up to here things go wrong; then everything that can be mended is mended. */
  readonly chaosUs: number;
  /** Up to here at the latest all must be equal again. */
  readonly healUs: number;
  /** So long after that nothing happens, and no payload may move. */
  readonly quietUs: number;
}

/** What somebody does on a device. One that is down then does nothing. */
export type Operation = { readonly atUs: number; readonly device: number } & (
  | { readonly type: 'write'; readonly drafts: readonly EventDraft[] }
  | { readonly type: 'seal' }
  /** Closes one of the conflicts that are open there; which, and by which of its candidates, follows from the number. */
  | { readonly type: 'resolve'; readonly choice: number }
  | { readonly type: 'revoke'; readonly target: number }
  | { readonly type: 'role'; readonly target: number; readonly role: Role }
  | CommitStep
  | EventStep
);

/** An operation that is a step of a history. */
export type Step = Extract<Operation, { readonly type: 'commit' | 'replay' }>;

export const isStep = (operation: Operation): operation is Step =>
  operation.type === 'commit' || operation.type === 'replay';

/**
 * What goes wrong, or is mended, at a time. Where a direction is blocked, frames from one device to the other vanish,
 * and their session ends as soon as that is noticed.
 */
export type Fault = { readonly atUs: number } & (
  | { readonly type: 'block' | 'unblock'; readonly from: number; readonly to: number }
  /** Frames from one device to another wait, all of them. */
  | { readonly type: 'clog' | 'unclog'; readonly from: number; readonly to: number }
  /**
   * A direction of a link carries datagrams: of so many frames out of a million each is lost, or comes twice, and the
   * others come when they come. When that ends the session breaks, as it is no stream any more.
   */
  | ({ readonly type: 'scramble'; readonly from: number; readonly to: number } & Scramble)
  | { readonly type: 'unscramble'; readonly from: number; readonly to: number }
  /** A session breaks; what is under way on it is lost. It comes back as soon as it can. */
  | { readonly type: 'reset'; readonly a: number; readonly b: number }
  /**
   * The power of a device goes off. Of what it has not synced, its disk keeps some of the oldest; if torn, any writes,
   * and parts of writes.
   */
  | { readonly type: 'crash'; readonly device: number; readonly torn?: boolean }
  | { readonly type: 'start'; readonly device: number }
  /** A disk does something wrong from now on, in so many cases out of a million, or no more. */
  | { readonly type: 'ail'; readonly device: number; readonly ill: DiskIll; readonly ppm: number }
  | { readonly type: 'recover'; readonly device: number; readonly ill: DiskIll }
  /** A clone gets everything that is on the disk of the device that it is one of, and starts. */
  | { readonly type: 'clone'; readonly device: number }
  /** A device deceives the others from now on, wherever it can in so many cases out of a million, or no more. */
  | { readonly type: 'deceive'; readonly device: number; readonly deceit: Deceit; readonly ppm: number }
  | { readonly type: 'behave'; readonly device: number; readonly deceit: Deceit }
  /** A device signs a second history of its log, from where it was at its newest backup on. */
  | { readonly type: 'fork'; readonly device: number; readonly drafts: readonly EventDraft[] }
  /** A device writes that it is an admin, that a stranger is let in, and that another device is revoked. */
  | { readonly type: 'usurp'; readonly device: number; readonly target: number }
  /** A device signs records of its log, of which the last one has a codec that nobody knows. */
  | {
      readonly type: 'codec';
      readonly device: number;
      readonly codec: number;
      readonly drafts: readonly EventDraft[];
    }
  /** A copy of a disk is made, and put in the place of what is there by now: the restore of a backup. Up or down. */
  | { readonly type: 'backup' | 'restore'; readonly device: number }
  /** Everything on the disk of a device is lost but its key; it is down, or goes down. */
  | { readonly type: 'wipe'; readonly device: number }
  /** One record that the device holds of a log, its own or another, reads as something else from now on. */
  | { readonly type: 'rot'; readonly device: number; readonly choice: number }
  | { readonly type: 'clock'; readonly device: number; readonly stepMs: number }
);

/** What becomes of datagrams, in cases out of a million. */
export interface Scramble {
  readonly lostPpm: number;
  readonly twicePpm: number;
}

/** What a run can be asked to have shown; without one of those that it was asked for it says nothing. */
export const GOALS = [
  'write-while-parted',
  'conflict-opened',
  'conflict-closed',
  'session-broken',
  'session-broken-mid-transfer',
  'unsynced-write-lost',
  'restart',
  'own-log-retired',
  'fork-proved',
  'damage-mended',
  'event-excluded',
  'clock-behind',
  'write-torn',
  'writes-reordered',
  'promised-write-lost',
  'disk-full',
  'write-failed',
  'read-failed',
  'store-set-back',
  'clone-wrote',
  'frame-mutated',
  'frame-truncated',
  'frame-oversize',
  'signature-spoiled',
  'frontier-falsified',
  'sync-feigned',
  'range-withheld',
  'want-repeated',
  'gossip-replayed',
  'frame-replayed',
  'frame-lost',
  'frame-doubled',
  'frame-overtaken',
  'newer-version-spoken',
  'fork-signed',
  'membership-forged',
  'unknown-codec-signed',
  'unknown-codec-refused',
  'strike',
] as const;

export type Goal = (typeof GOALS)[number];
