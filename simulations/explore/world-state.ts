import { type Action, isFault } from './action.ts';
import type { LocalInput } from './local-input.ts';
import type { LocalState, LocalStates } from './local-states.ts';
import { type FaultsLeft, type Scope, writesOf } from './scope.ts';

/** The whole world at one moment. It never changes. */
export interface WorldState {
  readonly locals: readonly LocalState[];
  /** For each device, and each device that it hears from, the frames under way: `queues[from * peers + to]`. */
  readonly queues: readonly (readonly number[])[];
  /** Pairs that have a session, as `a * peers + b` with a < b. */
  readonly sessions: ReadonlySet<number>;
  /** Who is cut off. */
  readonly parted: number | undefined;
  readonly left: FaultsLeft;
}

/** Before anything has happened: all are up, hold the same, and nobody is connected. */
export const firstState = async (scope: Scope, states: LocalStates): Promise<WorldState> => {
  const { peers, drops, duplicates, crashes, partitions } = scope;
  const locals: LocalState[] = [];
  for (let device = 0; device < peers; device += 1)
    locals.push(await states.after(states.root(device), { type: 'start' }));
  return {
    locals,
    queues: Array.from({ length: peers * peers }, () => []),
    sessions: new Set(),
    parted: undefined,
    left: { drops, duplicates, crashes, partitions },
  };
};

/** States with the same key are the same. */
export const keyOf = ({ locals, queues, sessions, parted, left }: WorldState): string => {
  const { drops, duplicates, crashes, partitions } = left;
  return [
    locals.map(({ id }) => id).join(),
    queues.map((frames) => frames.join('.')).join(),
    [...sessions].sort().join(),
    parted ?? '',
    `${drops}${duplicates}${crashes}${partitions}`,
  ].join(' ');
};

/** Whether all devices are up and show the same. */
export const isEqual = ({ locals }: WorldState): boolean => {
  const [first] = locals;
  return locals.every(({ isAtRest, shows }) => isAtRest && shows === first?.shows);
};

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
  actions.push(...pairActions(state, scope));
  if (parted !== undefined) actions.push({ type: 'heal' });
  return actions;
};

/** Of two devices, cutting off the one is cutting off the other. */
const canBeCutOff = ({ peers }: Scope, device: number): boolean => peers > 2 || device === 0;

const pairActions = (
  { locals, queues, sessions, parted, left }: WorldState,
  { peers }: Scope,
): readonly Action[] => {
  const actions: Action[] = [];
  for (let a = 0; a < peers; a += 1) {
    for (let b = a + 1; b < peers; b += 1) {
      const isCutOff = parted === a || parted === b;
      if (!sessions.has(a * peers + b)) {
        if (!isCutOff && locals[a]?.isUp && locals[b]?.isUp) actions.push({ type: 'connect', a, b });
        continue;
      }
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        if ((queues[from * peers + to] ?? []).length === 0) continue;
        actions.push({ type: 'deliver', from, to });
        if (left.duplicates > 0) actions.push({ type: 'duplicate', from, to });
      }
      if (left.drops > 0) actions.push({ type: 'drop', a, b });
    }
  }
  return actions;
};

/**
 * Of the actions that are possible in a world in which nothing goes wrong any more, as many as have to be looked at:
 * all of one device to which a frame of every other one is under way. Nothing that others do can add to them, as
 * frames stay in order, and what others do leads to the same afterwards (persistent sets: Godefroid, Partial-Order
 * Methods for the Verification of Concurrent Systems, 1996).
 */
export const reduced = (
  { locals, queues, sessions, parted, left }: WorldState,
  actions: readonly Action[],
  { peers }: Scope,
): readonly Action[] => {
  const isSafe = left.drops + left.duplicates + left.crashes + left.partitions === 0 && parted === undefined;
  if (!isSafe || sessions.size < (peers * (peers - 1)) / 2 || locals.some(({ isUp }) => !isUp))
    return actions;
  const { device } = locals.find(({ device: to }) =>
    locals.every(({ device: from }) => from === to || (queues[from * peers + to] ?? []).length > 0),
  ) ?? { device: undefined };
  if (device === undefined) return actions;
  return actions.filter(
    (action) => ('to' in action && action.to === device) || ('device' in action && action.device === device),
  );
};

/** What a world becomes by an action, and the local states that were passed through. */
export const after = async (
  state: WorldState,
  action: Action,
  states: LocalStates,
): Promise<{ readonly state: WorldState; readonly passed: readonly LocalState[] }> => {
  const draft = new Draft(state, states);
  await draft.happen(action);
  return { state: draft.state, passed: draft.passed };
};

/** A world while something happens in it. */
class Draft {
  readonly passed: LocalState[] = [];
  readonly #states: LocalStates;
  readonly #locals: LocalState[];
  readonly #queues: (readonly number[])[];
  readonly #sessions: Set<number>;
  readonly #left: { -readonly [Fault in keyof FaultsLeft]: number };
  #parted: number | undefined;

  constructor({ locals, queues, sessions, parted, left }: WorldState, states: LocalStates) {
    this.#states = states;
    this.#locals = [...locals];
    this.#queues = [...queues];
    this.#sessions = new Set(sessions);
    this.#parted = parted;
    this.#left = { ...left };
  }

  get state(): WorldState {
    return {
      locals: this.#locals,
      queues: this.#queues,
      sessions: this.#sessions,
      parted: this.#parted,
      left: this.#left,
    };
  }

  async happen(action: Action): Promise<void> {
    if (isFault(action)) this.#spend(action);
    switch (action.type) {
      case 'write':
        return this.#take(action.device, { type: 'write' });
      case 'commit':
        return this.#take(action.device, { type: 'committed' });
      case 'start':
        return this.#take(action.device, { type: 'start' });
      case 'tick':
        return this.#take(action.device, { type: 'tick', atMs: action.atMs });
      case 'connect':
        return this.#connect(action.a, action.b);
      case 'deliver':
      case 'duplicate':
        return this.#deliver(action.from, action.to, action.type === 'duplicate');
      case 'drop':
        return this.#end(action.a, action.b);
      case 'crash':
        await this.#take(action.device, { type: 'crash', keeps: action.keeps });
        return this.#endAll(action.device);
      case 'part':
        this.#parted = action.device;
        return this.#endAll(action.device);
      case 'heal':
        this.#parted = undefined;
        return;
    }
  }

  #spend({ type }: Action): void {
    if (type === 'drop') this.#left.drops -= 1;
    else if (type === 'duplicate') this.#left.duplicates -= 1;
    else if (type === 'crash') this.#left.crashes -= 1;
    else this.#left.partitions -= 1;
  }

  async #take(device: number, input: LocalInput): Promise<void> {
    const before = this.#locals[device];
    if (before === undefined) throw new RangeError(`there is no device ${device}`);
    const local = await this.#states.after(before, input);
    this.#locals[device] = local;
    this.passed.push(local);
    for (const { peer, frame } of local.sends) {
      const queue = this.#queue(device, peer);
      if (this.#sessions.has(this.#pair(device, peer)))
        this.#queues[queue] = [...(this.#queues[queue] ?? []), frame];
    }
    for (const peer of local.ends) await this.#end(device, peer);
  }

  async #connect(a: number, b: number): Promise<void> {
    this.#sessions.add(this.#pair(a, b));
    await this.#take(a, { type: 'connected', peer: b });
    await this.#take(b, { type: 'connected', peer: a });
  }

  async #deliver(from: number, to: number, again: boolean): Promise<void> {
    const queue = this.#queue(from, to);
    const [frame, ...rest] = this.#queues[queue] ?? [];
    if (frame === undefined) throw new RangeError(`no frame of device ${from} is under way to device ${to}`);
    if (!again) this.#queues[queue] = rest;
    await this.#take(to, { type: 'frame', peer: from, frame });
  }

  async #endAll(device: number): Promise<void> {
    for (const { device: peer } of this.#locals) if (peer !== device) await this.#end(device, peer);
  }

  /** A session ends: what is under way on it is lost, and both are told. */
  async #end(a: number, b: number): Promise<void> {
    if (!this.#sessions.delete(this.#pair(a, b))) return;
    for (const [device, peer] of [
      [a, b],
      [b, a],
    ] as const)
      this.#queues[this.#queue(device, peer)] = [];
    for (const [device, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      if (this.#locals[device]?.isUp) await this.#take(device, { type: 'disconnected', peer });
    }
  }

  #pair(a: number, b: number): number {
    return Math.min(a, b) * this.#locals.length + Math.max(a, b);
  }

  #queue(from: number, to: number): number {
    return from * this.#locals.length + to;
  }
}
