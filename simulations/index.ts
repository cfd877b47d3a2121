export type { RunCrypto } from './device/index.ts';
export type { Fault, Goal, Operation, Phases, Plan, PlannedDevice, PlannedLink } from './plan/index.ts';
export {
  invitersOf,
  type Outcome,
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
  type GivenEvent,
  type GivenWorkload,
  isScenarioPath,
  listScenarios,
  loadScenario,
  type OutsideWorkload,
  parseScenario,
  type Scenario,
  type ScenarioInput,
  scenario,
  withWorkload,
} from './scenario/index.ts';
