export { Checks, type ChecksOptions } from './checks.ts';
export type { IsLost } from './losses.ts';
export { viewOfMembership } from './membership-view.ts';
export { possessionsOf } from './missing.ts';
export type { Invariant, Violation } from './violation.ts';
export type { WatchedDevice } from './watched-device.ts';
