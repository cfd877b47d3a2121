export type { NodeApi } from './api.ts';
export type {
  DeviceList,
  DeviceView,
  Invite,
  InviteList,
  InviteView,
  Revocation,
  RevokeInput,
  Role,
} from './devices.ts';
export type { DoctorFinding, DoctorRepair, DoctorReport, Remedy } from './doctor.ts';
export type {
  EvidenceClaim,
  EvidenceImported,
  EvidenceList,
  EvidenceReport,
  EvidenceView,
  SignedSide,
} from './evidence.ts';
export type {
  Appended,
  EventView,
  ExportFormat,
  Imported,
  ImportInput,
  LogInput,
  Sealed,
  VerifyFinding,
  VerifyReport,
} from './log.ts';
export type { ReachInput } from './reach.ts';
export type {
  CandidateView,
  ConflictList,
  ConflictView,
  EntityDetail,
  EntityList,
  EntityView,
  History,
} from './state.ts';
export type { PeerStatus, RebuildListener, Status, Traffic, WaitingLog } from './status.ts';
