import type { EventDraft } from '../../protocol/event/index.ts';
import type { DeviceList, DeviceView, Invite, InviteList, RevokeInput, Role } from './devices.ts';
import type { DoctorReport } from './doctor.ts';
import type { EvidenceImported, EvidenceList } from './evidence.ts';
import type {
  Appended,
  EventView,
  ExportFormat,
  Imported,
  ImportInput,
  LogInput,
  Sealed,
  VerifyReport,
} from './log.ts';
import type { ConflictList, EntityDetail, EntityList, History } from './state.ts';
import type { Status } from './status.ts';

/**
 * Everything that a device can be asked to do, the same whether it runs in this process or is reached
 * through its control socket. Inputs and results are JSON; a failure is a SmoError. What asks for the state, or writes,
 * waits while that is made anew from the records; `status` tells how far it is.
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
