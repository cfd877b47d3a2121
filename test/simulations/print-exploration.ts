/** Run as a process of its own: explores a small world as its argument, JSON, says, and prints what is found as JSON. */

import { machine, openSimulator } from '../../node/simulator/index.ts';
import { infested } from '../../scripts/selftest/infested.ts';
import { PLANTED_BUGS } from '../../scripts/selftest/planted-bugs.ts';
import type { ExploreOptions, Scope } from '../../simulations/index.ts';

/** What is to be explored. */
export interface ExplorationOrder {
  readonly scope: Scope;
  readonly options: ExploreOptions;
  /** The name of a planted bug. */
  readonly bug?: string;
  /** Whether states of a device are told by what is in it, and not by all that has happened to it; true if left out. */
  readonly isOpen?: boolean;
}

const { scope, options, bug: name, isOpen = true } = JSON.parse(process.argv[2] ?? '') as ExplorationOrder;

const load = async () => {
  if (name === undefined) return { simulations: await openSimulator(), machine };
  const bug = PLANTED_BUGS.find((planted) => planted.name === name);
  if (bug === undefined) throw new RangeError(`there is no bug ${name}`);
  return infested(bug, isOpen);
};

const { simulations, machine: used } = await load();
const exploration = await simulations.explore(scope, used, options);
const graphs = simulations.exploreGraphs(3, used);
process.stdout.write(JSON.stringify({ exploration, graphs }));
