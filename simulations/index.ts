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
  parseScenario,
  type Scenario,
  type ScenarioInput,
  scenario,
} from './scenario/index.ts';
export { failureOf, type ShrinkOptions, type Shrunk, shrinkPlan } from './shrink/index.ts';
