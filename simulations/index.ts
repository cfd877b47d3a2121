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
  listScenarios,
  loadScenario,
  parseScenario,
  type Scenario,
  type ScenarioInput,
  scenario,
} from './scenario/index.ts';
