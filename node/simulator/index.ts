export { loadChanged, type ModuleChange } from './changed-modules.ts';
export { heapArguments } from './heap.ts';
export { machine } from './machine.ts';
export { openSimulator } from './open-simulator.ts';
export { readScenario } from './outside-workload.ts';
export { runInProcesses } from './run-processes.ts';
export type { RunTask } from './run-task.ts';
export type { SelftestMessage, SelftestOrder } from './selftest.ts';
export { simulator } from './simulator.ts';
