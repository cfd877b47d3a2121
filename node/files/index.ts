export { syncFolder, writeFileAtomic } from './atomic-file.ts';
export { closeToOthers } from './close-to-others.ts';
export { isMissing } from './missing.ts';
export { isOpenToOthers, octalMode } from './mode.ts';
export { faultForParent, knownFault, systemFault } from './system-fault.ts';
