import type { Action } from './action.ts';
import { isFault } from './action.ts';
import type { Breach } from './ledger.ts';
import type { LocalStates } from './local-states.ts';
import { actionsOf } from './possible-actions.ts';
import type { Scope } from './scope.ts';
import { isEqual, type WorldState } from './world-state.ts';
import { after } from './world-step.ts';

/** Timers that may run out before all have to be equal: some rounds of anti-entropy of each device. */
const TICKS_MAX = 40;

/**
 * Nothing more happens by itself: lets time pass, in one way, and looks whether the devices become equal (L1).
 * @returns what was broken on the way
 */
export const settle = async (
  state: WorldState,
  scope: Scope,
  states: LocalStates,
): Promise<Breach | undefined> => {
  let at = state;
  for (let ticks = 0; !isEqual(at) && ticks < TICKS_MAX; ticks += 1) {
    const tick = nextTick(at);
    if (tick === undefined) break;
    for (let action: Action | undefined = tick; action !== undefined; action = nextAction(at, scope)) {
      const { state: found, passed } = await after(at, action, scope, states);
      const breach = passed.flatMap(({ breaches }) => breaches)[0];
      if (breach !== undefined) return breach;
      at = found;
    }
  }
  if (isEqual(at)) return undefined;
  const device = at.locals.findIndex(({ shows }) => shows !== at.locals[0]?.shows);
  return { invariant: 'L1', device: Math.max(0, device), message: 'the devices do not become equal' };
};

const nextTick = ({ locals }: WorldState): Action | undefined => {
  const due = locals.flatMap(({ device, timerMs }) =>
    timerMs === undefined ? [] : [{ device, atMs: timerMs }],
  );
  const [first] = due.sort((a, b) => a.atMs - b.atMs);
  return first && { type: 'tick', ...first };
};

const nextAction = (state: WorldState, scope: Scope): Action | undefined =>
  actionsOf(state, scope).find((action) => !isFault(action));
