export type { WaitingPlace, WaitingReason } from './applier.ts';
export { RETIRED_BECAUSE } from './authoring.ts';
export type { RebuildProgress } from './derived-state.ts';
export type { EffectOf, EngineEffect } from './effect.ts';
export { Engine } from './engine.ts';
export type { EngineOptions } from './engine-options.ts';
export { type EngineWork, plainWork } from './engine-work.ts';
export type { KnownFork } from './forks.ts';
export {
  type EngineImage,
  readEngineImage,
  readState,
  type StateImage,
  type StateStanding,
  stateStanding,
} from './image.ts';
export type { AppendEntry, EngineInput, UntimedInput } from './input.ts';
export { ENGINE_LIMITS } from './limits.ts';
export { OwnLogs, RETIREMENT_REASONS, type RetirementReason } from './own-logs.ts';
export type { PeerState } from './peer-state.ts';
export type {
  Arrival,
  Commit,
  DamagedLog,
  EvidenceRow,
  LogTail,
  LogWrite,
  RecordStore,
  SegmentPlace,
  SegmentRange,
  StateRow,
  StateStore,
  StateWrite,
  WholeSegment,
} from './ports.ts';
export { STORE_ID_BYTES } from './ports.ts';
export { ReplicaState } from './replica-state.ts';
export { stateKey } from './state-keys.ts';
export { storedAnswers } from './stored-answers.ts';
export { isDamage, type RecordsRequest, readStoredRecords, undamagedRecords } from './stored-records.ts';
export { isStrike, STRIKE_LIMITS, type Strike } from './strikes.ts';
