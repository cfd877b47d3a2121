export { syncFolder, writeFileAtomic } from './atomic-file.ts';
export { isMissing } from './missing.ts';
export { isOpenToOthers, octalMode } from './mode.ts';
export { systemFault } from './system-fault.ts';
