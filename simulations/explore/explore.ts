import type { RunCrypto } from '../device/index.ts';
import { type Action, actionText, isFault } from './action.ts';
import { foundWorld } from './found-world.ts';
import type { Breach } from './ledger.ts';
import { LocalStates } from './local-states.ts';
import { actionsOf } from './possible-actions.ts';
import { reduced } from './reduced.ts';
import type { Scope } from './scope.ts';
import type { Setting } from './setting.ts';
import { settle } from './settle.ts';
import { isEqual, keyOf, stateOfKey, type WorldState } from './world-state.ts';
import { after, firstState } from './world-step.ts';

/** What came of an exploration. */
export interface Exploration {
  readonly scope: Scope;
  /** States of the world that were met, and actions that were tried in them. */
  readonly states: number;
  readonly transitions: number;
  /** Actions on the longest of the shortest ways to a state. */
  readonly depth: number;
  /** States in which nothing more has to happen, and what devices show in them: their digests. */
  readonly ends: number;
  readonly digests: readonly string[];
  /** States of single devices, those of them that could not be compared with others, and sets of applied events. */
  readonly localStates: number;
  readonly unreadable: number;
  readonly eventSets: number;
  /** Whether there is nothing left to be looked at. */
  readonly exhausted: boolean;
  /** The shortest way to something that must never be; null when there is none in what was looked at. */
  readonly violation: ExploredViolation | null;
}

export interface ExploredViolation extends Breach {
  readonly actions: readonly Action[];
  /** For people. */
  readonly steps: readonly string[];
}

export interface ExploreOptions {
  /** Most states of the world; more are not looked at. */
  readonly statesMax: number;
  /** Whether actions that commute are looked at in one order alone; true unless said otherwise. */
  readonly reduce?: boolean;
  readonly progress?: (states: number, depth: number) => void;
}

/** States between two words on how far it is. */
const TELL_AFTER = 1_000;

/**
 * Looks at everything that can happen in a small world, shortest ways first. A state of the world is a state of each
 * device, and what is under way: ways that differ only in the order of what happens on different devices lead to the same
 * one, as do those that leave the same in each. Where devices cannot be read, a state of one is a sequence of its inputs
 * (happens-before caching: Musuvathi and Qadeer, Partial-Order Reduction for Context-Bounded State Exploration, 2007).
 */
export const explore = async (
  scope: Scope,
  machine: RunCrypto,
  options: ExploreOptions,
): Promise<Exploration> => {
  const search = async (reduce: boolean): Promise<Exploration | undefined> => {
    const setting = await foundWorld(scope.peers, machine);
    return new Explorer(scope, setting, { ...options, reduce }).run();
  };
  const { reduce = true } = options;
  const found = await search(reduce);
  if (found !== undefined && (found.violation === null || !reduce)) return found;
  const whole = await search(false);
  if (whole === undefined) throw new TypeError('an exploration that leaves nothing out was given up');
  // Where actions are left out, the way to something is not the shortest one; where none are, it may be too far.
  return whole.violation === null && found !== undefined ? found : whole;
};

class Explorer {
  readonly #scope: Scope;
  readonly #options: ExploreOptions;
  readonly #setting: Setting;
  readonly #states: LocalStates;
  /** Keys of all states that were met, in that order. What was met last is looked at last, so this is the queue too. */
  readonly #keys = new Set<string>();
  /** From which state each was met first, by which of the actions that are possible there. */
  readonly #before: number[] = [];
  readonly #actions: number[] = [];
  /** Whether some action was not tried; and whether a device has ended a session. */
  #isReduced = false;
  #isCut = false;
  #transitions = 0;
  #ends = 0;
  readonly #digests = new Set<string>();

  constructor(scope: Scope, setting: Setting, options: ExploreOptions) {
    this.#scope = scope;
    this.#setting = setting;
    this.#options = options;
    this.#states = new LocalStates(setting);
  }

  /**
   * Undefined where actions were left out and should not have been: a device has ended its session, which takes away what
   * was under way. If any way leads to that, one that is looked at does.
   */
  async run(): Promise<Exploration | undefined> {
    this.#meet(await firstState(this.#scope, this.#states), -1, -1);
    let [index, depth, levelEnd] = [0, 0, 1];
    let violation: ExploredViolation | undefined;
    // A set that grows while it is gone through is gone through to its end.
    for (const key of this.#keys) {
      if (index === levelEnd) {
        depth += 1;
        levelEnd = this.#keys.size;
      }
      violation = await this.#expand(index, stateOfKey(key, this.#states));
      if (this.#isReduced && this.#isCut) return undefined;
      if (violation !== undefined || this.#isFull) break;
      index += 1;
      if (index % TELL_AFTER === 0) this.#options.progress?.(this.#keys.size, depth);
    }
    if (this.#keys.size > levelEnd) depth += 1;
    return {
      scope: this.#scope,
      states: this.#keys.size,
      transitions: this.#transitions,
      depth,
      ends: this.#ends,
      digests: [...this.#digests].sort(),
      localStates: this.#states.count,
      unreadable: this.#states.unreadable,
      eventSets: this.#setting.ledger.sets,
      exhausted: index === this.#keys.size,
      violation: violation ?? null,
    };
  }

  get #isFull(): boolean {
    return this.#keys.size >= this.#options.statesMax;
  }

  /** Tries everything that can happen in a state. */
  async #expand(index: number, state: WorldState): Promise<ExploredViolation | undefined> {
    const all = actionsOf(state, this.#scope);
    const some = this.#options.reduce ? reduced(state, all, this.#scope) : all;
    if (some.length < all.length) this.#isReduced = true;
    if (all.every(isFault)) {
      this.#ends += 1;
      for (const { digest } of state.locals) this.#digests.add(digest);
      const breach = isEqual(state) ? undefined : await settle(state, this.#scope, this.#states);
      if (breach !== undefined) return this.#violation(index, undefined, breach);
    }
    for (const action of some) {
      this.#transitions += 1;
      const { state: found, passed } = await after(state, action, this.#scope, this.#states);
      const breach = passed.flatMap(({ breaches }) => breaches)[0];
      if (breach !== undefined) return this.#violation(index, action, breach);
      if (passed.some(({ ends }) => ends.length > 0)) this.#isCut = true;
      this.#meet(found, index, all.indexOf(action));
    }
    return undefined;
  }

  #meet(state: WorldState, before: number, action: number): void {
    const met = this.#keys.size;
    if (this.#keys.add(keyOf(state)).size === met) return;
    this.#before.push(before);
    this.#actions.push(action);
  }

  /** What has happened until a state was met. */
  async #path(index: number): Promise<readonly Action[]> {
    const numbers: number[] = [];
    for (let at = index; at > 0; at = this.#before[at] ?? 0) numbers.push(this.#actions[at] ?? 0);
    const path: Action[] = [];
    let state = await firstState(this.#scope, this.#states);
    for (const number of numbers.reverse()) {
      const action = actionsOf(state, this.#scope)[number];
      if (action === undefined) throw new RangeError('a way to a state is not as it was');
      path.push(action);
      ({ state } = await after(state, action, this.#scope, this.#states));
    }
    return path;
  }

  async #violation(index: number, last: Action | undefined, breach: Breach): Promise<ExploredViolation> {
    const actions = [...(await this.#path(index)), ...(last === undefined ? [] : [last])];
    return { ...breach, actions, steps: actions.map(actionText) };
  }
}
