export {
  draftsOfStep,
  type TreePath,
} from './history.ts';
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
  type Step,
} from './plan.ts';
