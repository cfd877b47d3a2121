export { machine } from './machine.ts';
export { readScenario } from './outside-workload.ts';
export type { SelftestMessage, SelftestOrder } from './selftest.ts';
export { simulator } from './simulator.ts';
