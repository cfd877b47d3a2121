export type { WaitingPlace } from './applier.ts';
export type { EngineEffect } from './effect.ts';
export { Engine, type EngineOptions } from './engine.ts';
export { type EngineImage, readEngineImage, readState, type StateImage } from './image.ts';
export type { AppendEntry, EngineInput } from './input.ts';
export type { PeerState } from './peer-sessions.ts';
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
export { ReplicaState } from './replica-state.ts';
