import type { JsonObject, JsonValue } from '../../protocol/bytes/index.ts';
import type { EventDraft } from '../../protocol/event/index.ts';

/**
 * Everything that a device can be asked to do, the same whether it runs in this process or is reached
 * through its control socket. Inputs and results are JSON; a failure is a SmoError.
 */
export interface NodeApi {
  status(): Promise<Status>;
  append(input: { readonly drafts: readonly EventDraft[] }): Promise<Appended>;
  list(): Promise<EntityList>;
  show(input: { readonly entity: string }): Promise<EntityDetail>;
  history(input: { readonly entity: string; readonly field?: string }): Promise<History>;
  conflicts(input: { readonly all: boolean }): Promise<ConflictList>;
  resolve(input: {
    readonly entity: string;
    readonly field: string;
    readonly event: string;
  }): Promise<Appended>;
  /** Removes a relation of an entity by its id. */
  unrelate(input: { readonly entity: string; readonly relation: string }): Promise<Appended>;
  seal(): Promise<Sealed>;
  verify(): Promise<VerifyReport>;
  /** Looks at everything that can be wrong with this device; with `repair` mends what can be mended while it is open. */
  doctor(input: { readonly repair: boolean }): Promise<DoctorReport>;
  /** The logs of which their devices have signed two histories, as far as that is proved here. */
  evidence(): Promise<EvidenceList>;
  /** Takes in the text of a proof that was exported elsewhere, and tells it to every device; it must prove a fork. */
  importEvidence(input: { readonly text: string }): Promise<EvidenceImported>;
  invite(input: { readonly role: Role; readonly expiresInMs: number }): Promise<Invite>;
  /** Invites that have not expired, oldest first. */
  invites(): Promise<InviteList>;
  /** Closes an invite, named by its id or an unambiguous prefix of it: its ticket is worth nothing from now on. */
  cancelInvite(input: { readonly invite: string }): Promise<{ readonly invite: string }>;
  /** The members of the space, this device first, then by name; after them those that were revoked. */
  devices(): Promise<DeviceList>;
  /** A device is named by its name, its id, or an unambiguous prefix of its id. */
  renameDevice(input: { readonly device: string; readonly name: string }): Promise<DeviceView>;
  changeRole(input: { readonly device: string; readonly role: Role }): Promise<DeviceView>;
  /** Ends a device's membership for ever. What it is known to have written by now still counts, or less of it. */
  revokeDevice(input: RevokeInput): Promise<DeviceView>;
  /** Stops or resumes all networking of a running device; `not_running` when it isn't up. */
  network(input: { readonly enabled: boolean }): Promise<{ readonly enabled: boolean }>;
  import(input: ImportInput): Promise<Imported>;
  /** Events in listing order; with `follow` the stream goes on with each event as it is applied. */
  log(input: LogInput): AsyncIterable<EventView>;
  /** Lines of an export, each without its line feed. */
  export(input: { readonly format: ExportFormat }): AsyncIterable<string>;
}

export type Role = 'admin' | 'writer' | 'reader' | 'replica';
export type ExportFormat = 'jsonl' | 'smo-os';

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
  /** Set once this device has been revoked: it is no member any more, and what it writes counts nowhere. */
  readonly revoked?: Revocation;
  /** Where else the events that are held here are, as far as is known. */
  readonly copies: {
    /** Events that no other device is known to hold. */
    readonly onlyHere: number;
    /** Devices that hold all of them. */
    readonly complete: readonly string[];
  };
  /** How far the state has been made anew, while that lasts; meanwhile nothing can be written. */
  readonly rebuilding?: { readonly done: number; readonly total: number };
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

/**
 * A log of this device that it writes to no more:
 * - `behind`: its store held less of it than the device had signed, as after the restore of a backup,
 * - `ahead`: other devices held more of it, as after the restore of a backup or when a home was copied,
 * - `forked`: two histories of it are signed, as when a home was copied and both copies were written to,
 * - `excluded`: nothing that follows in it would count, as when a role was taken away and given back,
 * - `waiting`: its events wait for others that may never come.
 */
export interface RetiredLog {
  readonly origin: string;
  readonly reason: 'behind' | 'ahead' | 'forked' | 'excluded' | 'waiting';
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

export interface EventView {
  readonly id: string;
  readonly origin: string;
  readonly seq: number;
  readonly timestamp: number;
  /** The effective seen vector. */
  readonly seen: Readonly<Record<string, number>>;
  readonly type: string;
  readonly entityId: string;
  readonly payload: JsonObject;
  readonly actor?: string;
  readonly source?: JsonObject;
  /** Set when the timestamp lies more than a day ahead of this device's clock: one of the two clocks is wrong. */
  readonly farFuture?: true;
  /** Set when it does not count: it is kept, and has no effect on anything. */
  readonly excluded?: true;
}

export interface Appended {
  readonly events: readonly {
    readonly id: string;
    readonly origin: string;
    readonly seq: number;
    readonly entityId: string;
  }[];
}

/** An entity as the conformance view shows it: its id, its fields, then relations and metrics where it has any. */
export type EntityView = JsonObject;

export interface EntityList {
  readonly entities: Readonly<Record<string, EntityView>>;
}

export interface EntityDetail {
  readonly entity: EntityView;
  /** Open conflicts of this entity. */
  readonly conflicts: readonly ConflictView[];
}

export interface CandidateView {
  readonly value: JsonValue;
  readonly eventId: string;
  readonly origin: string;
  readonly seq: number;
  readonly timestamp: number;
}

export interface ConflictView {
  readonly entityId: string;
  readonly field: string;
  readonly status: 'open' | 'resolved' | 'superseded';
  readonly candidates: readonly CandidateView[];
  /** Open: the candidate that is shown. Resolved: the one that was chosen. Superseded: the write that came after. */
  readonly winner: CandidateView;
  /** Event that closed it. */
  readonly closedBy?: string;
  readonly chosenEventId?: string;
}

export interface ConflictList {
  readonly conflicts: readonly ConflictView[];
}

export interface History {
  readonly entityId: string;
  readonly events: readonly EventView[];
}

export interface Sealed {
  readonly segments: readonly {
    readonly origin: string;
    readonly segment: number;
    readonly events: number;
    readonly root: string;
  }[];
}

export interface VerifyFinding {
  readonly code: string;
  readonly message: string;
  readonly origin?: string;
  readonly segment?: number;
  readonly seq?: number;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly logs: number;
  readonly segments: number;
  readonly events: number;
  /** State digest; null when the store is too damaged to derive a state from it. */
  readonly digest: string | null;
  readonly findings: readonly VerifyFinding[];
}

/** Who has to do something: nobody; nobody, as it comes right by itself; `doctor --repair`; a person. */
export type Remedy = 'none' | 'self' | 'repair' | 'person';

export interface DoctorFinding {
  /** Stable. */
  readonly code: string;
  /** What it is about: a part of the home, a log, a device. */
  readonly subject: string;
  readonly message: string;
  readonly remedy: Remedy;
  /** What will happen, or what to do. */
  readonly hint: string;
  readonly origin?: string;
  readonly segment?: number;
}

/** What a repair changes. */
export interface DoctorRepair {
  readonly repair: string;
  readonly message: string;
  /** Whether it was done; false for what a repair would do, or could not do. */
  readonly done: boolean;
  /** What it means for each log, where it means something. */
  readonly details?: readonly string[];
  /** Why it could not be done. */
  readonly failure?: string;
  /** Where the copy is of what was there, where one was needed. */
  readonly copy?: string;
}

export interface DoctorReport {
  /** True when nothing needs a repair or a person. */
  readonly ok: boolean;
  /** What needs somebody soonest comes first. */
  readonly findings: readonly DoctorFinding[];
  readonly repairs: readonly DoctorRepair[];
  /** What was looked at and found well. */
  readonly healthy: readonly { readonly check: string; readonly message: string }[];
  /** What could not be looked at, and why. */
  readonly skipped: readonly { readonly check: string; readonly message: string }[];
}

export interface EvidenceList {
  readonly evidence: readonly EvidenceView[];
}

/** What the proof of a fork says. */
export interface EvidenceClaim {
  readonly space: string;
  readonly origin: string;
  readonly device: string;
  /** First seq at which the two histories differ: the events before it count, and no others. */
  readonly forkSeq: number;
  /** Two manifests of one segment that cannot both be true. */
  readonly signed: readonly [SignedSide, SignedSide];
}

/** What one of two manifests that exclude each other says. */
export interface SignedSide {
  /** Milliseconds since 1970, by the clock of the device that signed. */
  readonly signedAt: number;
  readonly segment: number;
  /** Seq of the segment's first event, and of the last one that is signed. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly sealed: boolean;
  /** Id of the event at the fork; null where there is none: the segment is closed, or begins, elsewhere. */
  readonly event: string | null;
}

export interface EvidenceView extends EvidenceClaim {
  /** Name of the device, if it is or was a member. */
  readonly name: string | null;
  /** Whether it is this device. */
  readonly self: boolean;
  /** The proof itself (docs/protocol/equivocation.md): its canonical JSON is what others verify. */
  readonly proof: JsonObject;
}

/** What became of a proof that was taken in. */
export interface EvidenceImported {
  readonly claim: EvidenceClaim;
  /** Whether it says something new; false when this fork, or an earlier one of the log, is known already. */
  readonly news: boolean;
}

/** What became of the verification of a proof that somebody brings. */
export interface EvidenceReport {
  readonly ok: boolean;
  /** What it proves, if it does. */
  readonly claim?: EvidenceClaim;
  /** Why it proves nothing. */
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

export interface Invite {
  /** Id of the invite; says nothing of the ticket's secret. */
  readonly invite: string;
  readonly ticket: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface InviteList {
  readonly invites: readonly InviteView[];
}

export interface InviteView {
  readonly invite: string;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Open: a device can join with it. Spent: one has. Closed: there were too many wrong attempts. */
  readonly state: 'open' | 'spent' | 'closed';
  /** Wrong attempts so far. */
  readonly attempts: number;
}

export interface DeviceList {
  readonly devices: readonly DeviceView[];
}

export interface DeviceView {
  readonly device: string;
  readonly name: string;
  readonly role: Role;
  /** Whether it is this device. */
  readonly self: boolean;
  readonly connected: boolean;
  /** Events of its logs that are held here and count. */
  readonly events: number;
  /** Events of its logs that are held here and do not count. */
  readonly excluded: number;
  /** Set once it has been revoked. */
  readonly revoked?: Revocation;
}

export interface Revocation {
  /** Id of the device that revoked it. */
  readonly by: string;
  /** Milliseconds since 1970, by the clock of that device. */
  readonly at: number;
  readonly reason: string | null;
  /** Of each log of the device, the last seq that counts. */
  readonly cut: Readonly<Record<string, number>>;
}

export interface RevokeInput {
  readonly device: string;
  readonly reason?: string;
  /** Of what it wrote, only events before the first one that is as late as this count; milliseconds since 1970. */
  readonly before?: number;
}

/** What to import: the text of a Smo.OS 0.1 file or 0.3.0 bundle, or a git repository by absolute path. */
export type ImportInput =
  | { readonly kind: 'smo-os'; readonly name: string; readonly text: string }
  | { readonly kind: 'git'; readonly path: string };

export interface Imported {
  /** Events appended now. */
  readonly imported: number;
  /** Events that were here already. */
  readonly known: number;
  readonly logs: number;
  /**
   * Events that earlier imports had seen already, and that come only now: logs cannot be amended, so they stand
   * beside those as concurrent. Importing all files of a history at once avoids them.
   */
  readonly late: number;
  /** Control events of a space: they mean nothing elsewhere, and a file must not change who belongs to this one. */
  readonly skipped: number;
}

export interface LogInput {
  readonly follow: boolean;
  /** Show only the last so many events; all when absent. */
  readonly last?: number;
}
