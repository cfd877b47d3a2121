import type { RunCrypto } from '../device/index.ts';
import { type Action, actionText, isFault } from './action.ts';
import { foundWorld } from './found-world.ts';
import type { Breach } from './ledger.ts';
import { LocalStates } from './local-states.ts';
import { reduced } from './reduced.ts';
import type { Scope } from './scope.ts';
import { settle } from './settle.ts';
import { actionsOf, after, firstState, isEqual, keyOf, type WorldState } from './world-state.ts';

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
 * Looks at everything that can happen in a small world, shortest ways first. A state of the world is one sequence of
 * inputs for each device, and what is under way: ways that differ only in the order of what happens on different
 * devices lead to the same one (happens-before caching: Musuvathi and Qadeer, Partial-Order Reduction for
 * Context-Bounded State Exploration, 2007).
 */
export const explore = async (
  scope: Scope,
  machine: RunCrypto,
  options: ExploreOptions,
): Promise<Exploration> => {
  const found = await new Explorer(scope, options).run(machine);
  if (found !== undefined && (found.violation === null || options.reduce === false)) return found;
  const whole = await new Explorer(scope, { ...options, reduce: false }).run(machine);
  if (whole === undefined) throw new TypeError('an exploration that leaves nothing out was given up');
  // Where actions are left out, the way to something is not the shortest one; where none are, it may be too far.
  return whole.violation === null && found !== undefined ? found : whole;
};

/** A state that was met: how, and from which. */
interface Met {
  readonly before: number;
  readonly action: Action | undefined;
}

class Explorer {
  readonly #scope: Scope;
  readonly #options: ExploreOptions;
  readonly #met: Met[] = [];
  readonly #keys = new Set<string>();
  /** Whether some action was not tried; and whether a device has ended a session. */
  #isReduced = false;
  #isCut = false;
  #transitions = 0;
  #ends = 0;
  readonly #digests = new Set<string>();

  constructor(scope: Scope, options: ExploreOptions) {
    this.#scope = scope;
    this.#options = options;
  }

  /**
   * Undefined where actions were left out and should not have been: a device has ended its session, which takes away what
   * was under way. If any way leads to that, one that is looked at does.
   */
  async run(machine: RunCrypto): Promise<Exploration | undefined> {
    const setting = await foundWorld(this.#scope.peers, machine);
    const states = new LocalStates(setting);
    const first = await firstState(this.#scope, states);
    this.#meet(first, -1, undefined);
    let level: (readonly [number, WorldState])[] = [[0, first]];
    let depth = 0;
    let violation: ExploredViolation | undefined;
    while (level.length > 0 && violation === undefined && !this.#isFull) {
      const next: (readonly [number, WorldState])[] = [];
      for (const [index, state] of level) {
        violation = await this.#expand(index, state, states, next);
        if (this.#hasMisled) return undefined;
        if (violation !== undefined || this.#isFull) break;
      }
      if (next.length > 0) depth += 1;
      level = next;
    }
    return {
      scope: this.#scope,
      states: this.#met.length,
      transitions: this.#transitions,
      depth,
      ends: this.#ends,
      digests: [...this.#digests].sort(),
      localStates: states.count,
      unreadable: states.unreadable,
      eventSets: setting.ledger.sets,
      exhausted: level.length === 0 && !this.#isFull && violation === undefined,
      violation: violation ?? null,
    };
  }

  get #hasMisled(): boolean {
    return this.#isReduced && this.#isCut;
  }

  get #isFull(): boolean {
    return this.#met.length >= this.#options.statesMax;
  }

  /** Tries everything that can happen in a state. */
  async #expand(
    index: number,
    state: WorldState,
    states: LocalStates,
    next: (readonly [number, WorldState])[],
  ): Promise<ExploredViolation | undefined> {
    const all = actionsOf(state, this.#scope);
    const actions = this.#options.reduce === false ? all : reduced(state, all, this.#scope);
    if (actions.length < all.length) this.#isReduced = true;
    if (all.every(isFault)) {
      this.#ends += 1;
      for (const { digest } of state.locals) this.#digests.add(digest);
      const breach = isEqual(state) ? undefined : await settle(state, this.#scope, states);
      if (breach !== undefined) return this.#violation(index, undefined, breach);
    }
    for (const action of actions) {
      this.#transitions += 1;
      const { state: found, passed } = await after(state, action, this.#scope, states);
      const breach = passed.flatMap(({ breaches }) => breaches)[0];
      if (breach !== undefined) return this.#violation(index, action, breach);
      if (passed.some(({ ends }) => ends.length > 0)) this.#isCut = true;
      const met = this.#meet(found, index, action);
      if (met !== undefined) next.push([met, found]);
    }
    return undefined;
  }

  /** The number of a state that was not met before. */
  #meet(state: WorldState, before: number, action: Action | undefined): number | undefined {
    const key = keyOf(state);
    if (this.#keys.has(key)) return undefined;
    this.#keys.add(key);
    this.#met.push({ before, action });
    if (this.#met.length % TELL_AFTER === 0)
      this.#options.progress?.(this.#met.length, this.#path(before).length);
    return this.#met.length - 1;
  }

  #path(index: number): readonly Action[] {
    const actions: Action[] = [];
    for (let at = this.#met[index]; at?.action !== undefined; at = this.#met[at.before])
      actions.push(at.action);
    return actions.reverse();
  }

  #violation(index: number, last: Action | undefined, breach: Breach): ExploredViolation {
    const actions = [...this.#path(index), ...(last === undefined ? [] : [last])];
    return { ...breach, actions, steps: actions.map(actionText) };
  }
}
