/** Run as a process of its own: prints the trace hash of a scenario of the library with a seed. */
import { machine } from '../../node/simulator/machine.ts';
import { expandScenario, loadScenario, runPlan } from '../../simulations/index.ts';

const [, , name = '', seed = '1'] = process.argv;
const { traceHash } = await runPlan(expandScenario(loadScenario(name), { seed: BigInt(seed) }), machine);
process.stdout.write(traceHash);
