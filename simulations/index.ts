export type { RunCrypto } from './device/index.ts';
export type { Fault, Goal, Operation, Phases, Plan, PlannedDevice, PlannedLink } from './plan/index.ts';
export {
  type Outcome,
  type RunLimits,
  type RunListener,
  type RunViolation,
  runPlan,
  type Sighting,
  type Verdict,
} from './run/index.ts';
export {
  decodePlan,
  encodePlan,
  expandScenario,
  listScenarios,
  loadScenario,
  loadSweep,
  parseScenario,
  parseSweep,
  type Scenario,
  type ScenarioInput,
  type Sweep,
  type SweepParameter,
  type SweepPoint,
  type SweepValue,
  scenario,
} from './scenario/index.ts';
export { failureOf, type ShrinkOptions, type Shrunk, shrinkPlan } from './shrink/index.ts';
export { type Interval, median, medianInterval, SAMPLES_MIN } from './statistics/index.ts';
