export type { RunCrypto } from './device/index.ts';
export {
  type Action,
  type Exploration,
  type ExploredViolation,
  type ExploreOptions,
  explore,
  exploreGraphs,
  type GraphCount,
  type Scope,
} from './explore/index.ts';
export type { Fault, Goal, Operation, Phases, Plan, PlannedDevice, PlannedLink } from './plan/index.ts';
export {
  type DeviceNews,
  type DeviceSample,
  type FrameLoad,
  type FrameNews,
  type Journey,
  type News,
  type Outcome,
  type PhaseName,
  type RunListener,
  type RunMode,
  type RunOptions,
  type RunViolation,
  runPlan,
  type Sample,
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
