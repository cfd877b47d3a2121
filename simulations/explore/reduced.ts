import type { Action } from './action.ts';
import { areLinked, type Scope } from './scope.ts';
import type { WorldState } from './world-state.ts';

/**
 * Of the actions that are possible in a world in which nothing goes wrong any more, as many as have to be looked at: all
 * of some devices to which the others can add nothing. Each of the others either has something under way to each of
 * those that it is linked with, which comes first as frames stay in order, or does nothing before it hears of them.
 * What the others do then leads to the same afterwards (persistent sets: Godefroid, Partial-Order Methods for the
 * Verification of Concurrent Systems, 1996). Of several such sets the one with the fewest actions is taken.
 */
export const reduced = (state: WorldState, actions: readonly Action[], scope: Scope): readonly Action[] => {
  const { locals, parted, left } = state;
  const isSafe = left.drops + left.duplicates + left.crashes + left.partitions === 0 && parted === undefined;
  if (!isSafe || locals.some(({ isUp }) => !isUp)) return actions;
  const own = locals.map(({ device }) => actions.filter((action) => isOf(action, device)));
  let fewest = actions;
  // Each set of devices is a number, of which each bit says whether one is in it.
  for (let some = 1; some < 2 ** locals.length - 1; some += 1) {
    const theirs = own.filter((_, device) => has(some, device)).flat();
    const isBetter = theirs.length > 0 && theirs.length < fewest.length;
    if (isBetter && isClosed(state, scope, some, own)) fewest = theirs;
  }
  return fewest;
};

const has = (some: number, device: number): boolean => (some & (1 << device)) !== 0;

const isOf = (action: Action, device: number): boolean =>
  'to' in action ? action.to === device : 'device' in action && action.device === device;

/** Whether nothing that the other devices do among themselves adds to what some of them can do. */
const isClosed = (
  { locals, queues }: WorldState,
  scope: Scope,
  some: number,
  own: readonly (readonly Action[])[],
): boolean => {
  const peers = locals.length;
  const moving = movingOutside(scope, some, own);
  for (const from of moving) {
    for (let to = 0; to < peers; to += 1) {
      if (!has(some, to) || !areLinked(scope, from, to)) continue;
      if ((queues[from * peers + to] ?? []).length === 0) return false;
    }
  }
  return true;
};

/** The devices outside of a set that can do something, and all whom they reach among themselves. */
const movingOutside = (
  scope: Scope,
  some: number,
  own: readonly (readonly Action[])[],
): ReadonlySet<number> => {
  const outside = own.flatMap((_, device) => (has(some, device) ? [] : [device]));
  const moving = new Set(outside.filter((device) => (own[device] ?? []).length > 0));
  // A set that grows while it is gone through is gone through to its end.
  for (const from of moving) for (const to of outside) if (areLinked(scope, from, to)) moving.add(to);
  return moving;
};
