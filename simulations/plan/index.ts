export { DEVICE_KEYS } from './device-keys.ts';
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
