/** Runs a workload, in a process that is watched. What is promised is said, a line for each time. */
import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import { placeIn } from './workload.ts';
import { WORKLOADS, type WorkloadName } from './workloads/index.ts';

const [, , name = '', folder = '', elsewhere = ''] = argv;
await WORKLOADS[name as WorkloadName].run(placeIn(folder, elsewhere), (promised) => {
  // At once, so that it is said before anything else is done.
  writeSync(1, `${JSON.stringify(promised)}\n`);
});
