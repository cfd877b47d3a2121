export { machine } from './machine.ts';
export { readScenario } from './outside-workload.ts';
export { simulator } from './simulator.ts';
