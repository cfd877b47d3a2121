import type { Action } from './action.ts';
import { type Scope, writesOf } from './scope.ts';
import { CONNECTED, type WorldState } from './world-state.ts';

/** Everything that can happen next. Time passes only when nothing else can, and so is not among it. */
export const actionsOf = (state: WorldState, scope: Scope): readonly Action[] => {
  const { locals, parted, left } = state;
  const actions: Action[] = [];
  for (const { device, isUp, isCommitting, isRebuilding, written, keeps } of locals) {
    if (!isUp) {
      actions.push({ type: 'start', device });
      continue;
    }
    if (isCommitting) actions.push({ type: 'commit', device });
    if (written < writesOf(scope, device) && !isRebuilding) actions.push({ type: 'write', device });
    if (left.crashes > 0) for (const kept of keeps) actions.push({ type: 'crash', device, keeps: kept });
    if (left.partitions > 0 && canBeCutOff(scope, device)) actions.push({ type: 'part', device });
  }
  actions.push(...pairActions(state));
  if (parted !== undefined) actions.push({ type: 'heal' });
  return actions;
};

/** Of two devices, cutting off the one is cutting off the other. */
const canBeCutOff = ({ peers }: Scope, device: number): boolean => peers > 2 || device === 0;

const pairActions = ({ locals, queues, sessions, left }: WorldState): readonly Action[] => {
  const actions: Action[] = [];
  const peers = locals.length;
  for (const pair of [...sessions].sort((one, other) => one - other)) {
    const [a, b] = [Math.floor(pair / peers), pair % peers];
    let isKnown = false;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const [first] = queues[from * peers + to] ?? [];
      if (first === CONNECTED) actions.push({ type: 'connect', from, to });
      else isKnown = true;
      if (first === undefined || first === CONNECTED) continue;
      actions.push({ type: 'deliver', from, to });
      if (left.duplicates > 0) actions.push({ type: 'duplicate', from, to });
    }
    if (left.drops > 0 && isKnown) actions.push({ type: 'drop', a, b });
  }
  return actions;
};
