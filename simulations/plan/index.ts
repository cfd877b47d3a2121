export { DEVICE_KEYS } from './device-keys.ts';
export { dishonestIn } from './dishonest.ts';
export { DECEITS, type Deceit, DISK_ILLS, type DiskIll } from './ills.ts';
export {
  type Bounds,
  type Expected,
  type Fault,
  GOALS,
  type Goal,
  type Operation,
  type Phases,
  type Plan,
  type PlannedDevice,
  type PlannedLink,
} from './plan.ts';
