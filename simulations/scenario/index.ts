export { type Expansion, expandScenario } from './expand.ts';
export { type GivenEvent, type GivenWorkload, type OutsideWorkload, withWorkload } from './given.ts';
export {
  isScenarioPath,
  type ListedScenario,
  listScenarios,
  loadScenario,
  loadSweep,
} from './library.ts';
export { isConnected } from './pairs.ts';
export { parseScenario, scenario } from './parse.ts';
export { decodePlan, encodePlan } from './plan-file.ts';
export type { Scenario, ScenarioInput } from './scenario-schema.ts';
export { parseSweep, type Sweep, type SweepParameter, type SweepPoint, type SweepValue } from './sweep.ts';
