export { type FileDamage, findFileDamage, repairFiles } from './level-files.ts';
export type { LogAudit, SegmentAudit, Stored } from './log-audit.ts';
export type { StoredTail } from './log-rows.ts';
export { openRecordAudit, type RecordAudit } from './record-audit.ts';
export { type LevelRecordStore, openRecordStore } from './record-store.ts';
export { salvageStore } from './salvage.ts';
export type { SalvageInput } from './salvage-log.ts';
export { planSalvage, type SalvagedLog } from './salvage-plan.ts';
export { type LevelStateStore, openStateStore, wipeStateStore } from './state-store.ts';
