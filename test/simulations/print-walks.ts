/**
 * Run as a process of its own: goes so many ways of chance through a small world, which is given as JSON, twice: once with
 * states that are told by what is in a device, and once with those that are told by all that has happened to it. Prints
 * what came of it as JSON.
 */
import { loadChanged, machine } from '../../node/simulator/index.ts';
import { Draws } from '../../simulations/draws/index.ts';
import * as plainFounding from '../../simulations/explore/found-world.ts';
import { type Scope, withOpenFields } from '../../simulations/explore/index.ts';
import * as plainStates from '../../simulations/explore/local-states.ts';
import { actionsOf } from '../../simulations/explore/possible-actions.ts';
import type { WorldState } from '../../simulations/explore/world-state.ts';
import * as plainSteps from '../../simulations/explore/world-step.ts';

/** What came of some walks. */
export interface Walks {
  readonly steps: number;
  /** States that were told by what is in a device, and how many of those by all that has happened to it after all. */
  readonly states: number;
  readonly unreadable: number;
  /** States that were told by all that has happened to a device. */
  readonly sequences: number;
  /** Ways, line by line, after which the two worlds were not the same. */
  readonly differences: readonly string[];
}

type Setting = Awaited<ReturnType<typeof plainFounding.foundWorld>>;

const SCOPE = JSON.parse(process.argv[2] ?? '') as Scope;

const open = <Module>(file: string): Promise<Module> =>
  loadChanged<Module>(`simulations/explore/${file}`, { name: 'open', apply: withOpenFields });
const [openFounding, openStates, openSteps] = [
  await open<typeof plainFounding>('found-world'),
  await open<typeof plainStates>('local-states'),
  await open<typeof plainSteps>('world-step'),
];

/** One of the two: a setting, the states in it, and how the world goes on. */
const sideOf = async (
  { foundWorld }: typeof plainFounding,
  { LocalStates }: typeof plainStates,
  { firstState, after }: typeof plainSteps,
) => {
  const setting = await foundWorld(SCOPE.peers, machine);
  const locals = new LocalStates(setting);
  return {
    setting,
    locals,
    first: () => firstState(SCOPE, locals),
    after: (state: WorldState, action: Parameters<typeof after>[1]) => after(state, action, SCOPE, locals),
  };
};

/** All of a world that can be seen from outside, with nothing that is numbered as it is met. */
const textOf = (state: WorldState, { frames }: Setting): string =>
  JSON.stringify({
    ...state,
    sessions: [...state.sessions],
    locals: state.locals.map(({ id, before, input, ...seen }) => seen),
    queues: state.queues.map((queue) =>
      queue.map((frame) => (frame < 0 ? frame : Buffer.from(frames.bytesOf(frame)).toString('base64'))),
    ),
  });

const told = await sideOf(openFounding, openStates, openSteps);
const lived = await sideOf(plainFounding, plainStates, plainSteps);
const draws = new Draws(1n).stream('ties');
const differences: string[] = [];
let steps = 0;
for (let walk = 0; walk < Number(process.argv[3]); walk += 1) {
  let [one, other] = [await told.first(), await lived.first()];
  const actions: string[] = [];
  for (;;) {
    const action = draws.pick(actionsOf(one, SCOPE));
    if (action === undefined) break;
    actions.push(JSON.stringify(action));
    const [next, due] = [await told.after(one, action), await lived.after(other, action)];
    [one, other] = [next.state, due.state];
    steps += 1;
    if (textOf(one, told.setting) === textOf(other, lived.setting)) continue;
    differences.push(actions.join('\n'));
    break;
  }
}
const { count: states, unreadable } = told.locals;
const walks: Walks = { steps, states, unreadable, sequences: lived.locals.count, differences };
process.stdout.write(JSON.stringify(walks));
