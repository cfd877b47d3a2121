import type { RebuildProgress, RetirementReason } from '../../protocol/engine/index.ts';
import type { Revocation, Role } from './devices.ts';

/** Is told again and again how far it is while a state is made anew from the records. */
export type RebuildListener = (progress: RebuildProgress) => void;

/** Everything about a device at a glance. */
export interface Status {
  readonly space: string;
  readonly spaceName: string;
  readonly device: string;
  /** Name of this device. */
  readonly name: string;
  readonly origin: string;
  /** State digest, hexadecimal; equal sets of events give equal digests. */
  readonly digest: string;
  /** Length of each log held. */
  readonly frontier: Readonly<Record<string, number>>;
  readonly events: number;
  /** How many of the events that are applied do not count, because the devices that wrote them were revoked or demoted. */
  readonly excluded: number;
  readonly entities: number;
  readonly openConflicts: number;
  readonly closedConflicts: number;
  readonly segments: number;
  /** Logs of this device that it writes to no more, and why. */
  readonly retiredLogs: readonly RetiredLog[];
  /** Logs of which two histories are signed: from `seq` on nothing in them counts. */
  readonly forkedLogs: readonly ForkedLog[];
  /** Parts of logs that cannot be read here. They come back from a device that holds them, as soon as one is met. */
  readonly damagedSegments: readonly { readonly origin: string; readonly segment: number }[];
  /** Set once this device has been revoked: it is no member any more, and what it writes counts nowhere. */
  readonly revoked?: Revocation;
  /** Where else the events that are held here are, as far as is known. */
  readonly copies: {
    /** Events that no other device is known to hold. */
    readonly onlyHere: number;
    /** Devices that hold all of them. */
    readonly complete: readonly string[];
  };
  /** How far the state has been made anew, while that lasts; what is written waits for its end. */
  readonly rebuilding?: RebuildProgress;
  /** Whether `smo up` is running for this home. */
  readonly running: boolean;
  /** False when networking is paused or the device isn't up. */
  readonly online: boolean;
  readonly addresses: readonly string[];
  readonly peers: readonly PeerStatus[];
  /** Devices that were revoked, this one left out. */
  readonly former: readonly { readonly device: string; readonly name: string }[];
  /** Logs that hold events which cannot be applied yet, and the events they wait for. */
  readonly waiting: readonly WaitingLog[];
  readonly traffic: Traffic;
}

export interface ForkedLog {
  readonly origin: string;
  /** First event in which the two histories differ. */
  readonly seq: number;
}

/** A log of this device that it writes to no more. */
export interface RetiredLog {
  readonly origin: string;
  readonly reason: RetirementReason;
}

export interface PeerStatus {
  readonly device: string;
  readonly name: string;
  readonly role: Role;
  readonly connected: boolean;
  /** Address in use, or null. */
  readonly path: string | null;
  /** Device that passes everything on, when the peer is connected through a relay. */
  readonly relay?: string;
  /** How many events of ours the peer is not known to hold; null when unknown. */
  readonly lag: number | null;
  /** When a device that is away was last connected, ms since 1970, if it is known; `lag` goes by what it held then. */
  readonly lastSeen?: number;
  /** Faults within the last hour that only the peer can have made; with three it is served and not asked. */
  readonly strikes: number;
  /** Why the peer is not in sync, when it isn't. */
  readonly reason?: string;
}

export interface WaitingLog {
  readonly origin: string;
  /** Seq of the first event that waits. */
  readonly seq: number;
  readonly waitsFor: { readonly origin: string; readonly seq: number };
}

export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
}
