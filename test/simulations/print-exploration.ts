/**
 * Run as a process of its own: explores a world of two devices with a planted bug, and prints what is found as JSON. After
 * the name of the bug, `plain` has every action tried in each state.
 */
import { infested } from '../../scripts/selftest/infested.ts';
import { PLANTED_BUGS } from '../../scripts/selftest/planted-bugs.ts';

const bug = PLANTED_BUGS.find(({ name }) => name === process.argv[2]);
if (bug === undefined) throw new RangeError(`there is no bug ${process.argv[2]}`);
const { simulations, machine } = await infested(bug);
const scope = {
  peers: 2,
  links: 'mesh' as const,
  events: 2,
  drops: 0,
  duplicates: 0,
  crashes: 0,
  partitions: 0,
};
const { violation } = await simulations.explore(scope, machine, {
  statesMax: 10_000,
  reduce: process.argv[3] !== 'plain',
});
const graphs = simulations.exploreGraphs(3, machine);
process.stdout.write(JSON.stringify({ violation, graphs }));
