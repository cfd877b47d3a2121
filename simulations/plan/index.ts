export { DEVICE_KEYS } from './device-keys.ts';
export { dishonestIn } from './dishonest.ts';
export {
  draftsOfStep,
  type TreePath,
} from './history.ts';
export { DECEITS, type Deceit, DISK_ILLS, type DiskIll } from './ills.ts';
export {
  type Bounds,
  type Expected,
  type Fault,
  GOALS,
  type Goal,
  isStep,
  type Operation,
  type Phases,
  type Plan,
  type PlannedDevice,
  type PlannedLink,
  type Scramble,
  type Step,
} from './plan.ts';
