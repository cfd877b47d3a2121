import { type Action, isFault } from './action.ts';
import type { LocalInput } from './local-input.ts';
import type { LocalState, LocalStates, LocalStep } from './local-states.ts';
import { areLinked, type FaultsLeft, type Scope } from './scope.ts';
import { CONNECTED, type WorldState } from './world-state.ts';

/** Before anything has happened: all are up, hold the same, and nobody knows of a session. */
export const firstState = async (scope: Scope, states: LocalStates): Promise<WorldState> => {
  const { peers, drops, duplicates, crashes, partitions } = scope;
  const locals: LocalState[] = [];
  for (let device = 0; device < peers; device += 1)
    locals.push((await states.after(states.root(device), { type: 'start' })).state);
  const draft = new Draft(
    {
      locals,
      queues: Array.from({ length: peers * peers }, () => []),
      sessions: new Set(),
      parted: undefined,
      left: { drops, duplicates, crashes, partitions },
    },
    scope,
    states,
  );
  draft.connect();
  return draft.state;
};

/** What a world becomes by an action, and what single devices have done on the way. */
export const after = async (
  state: WorldState,
  action: Action,
  scope: Scope,
  states: LocalStates,
): Promise<{ readonly state: WorldState; readonly passed: readonly LocalStep[] }> => {
  const draft = new Draft(state, scope, states);
  await draft.happen(action);
  draft.connect();
  return { state: draft.state, passed: draft.passed };
};

/** A world while something happens in it. */
class Draft {
  readonly passed: LocalStep[] = [];
  readonly #scope: Scope;
  readonly #states: LocalStates;
  readonly #locals: LocalState[];
  readonly #queues: (readonly number[])[];
  readonly #sessions: Set<number>;
  readonly #left: { -readonly [Fault in keyof FaultsLeft]: number };
  #parted: number | undefined;

  constructor({ locals, queues, sessions, parted, left }: WorldState, scope: Scope, states: LocalStates) {
    this.#scope = scope;
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
        return this.#learn(action.from, action.to);
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
    const step = await this.#states.after(before, input);
    this.#locals[device] = step.state;
    this.passed.push(step);
    for (const { peer, frame } of step.sends) {
      const queue = this.#queue(device, peer);
      if (this.#sessions.has(this.#pair(device, peer)))
        this.#queues[queue] = [...(this.#queues[queue] ?? []), frame];
    }
    for (const peer of step.ends) await this.#end(device, peer);
  }

  /**
   * Gives a session to all who can have one and have none. When each of both learns of it is another matter, so nothing
   * is left out by doing it at once.
   */
  connect(): void {
    const peers = this.#locals.length;
    for (const { device: a, isUp: isUpA } of this.#locals) {
      for (const { device: b, isUp: isUpB } of this.#locals) {
        const isCutOff = this.#parted === a || this.#parted === b;
        const pair = a * peers + b;
        if (
          a >= b ||
          !isUpA ||
          !isUpB ||
          isCutOff ||
          !areLinked(this.#scope, a, b) ||
          this.#sessions.has(pair)
        )
          continue;
        this.#sessions.add(pair);
        this.#queues[this.#queue(a, b)] = [CONNECTED];
        this.#queues[this.#queue(b, a)] = [CONNECTED];
      }
    }
  }

  async #learn(from: number, to: number): Promise<void> {
    const queue = this.#queue(from, to);
    this.#queues[queue] = (this.#queues[queue] ?? []).slice(1);
    await this.#take(to, { type: 'connected', peer: from });
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

  /** A session ends: what is under way on it is lost, and who knows of it is told. */
  async #end(a: number, b: number): Promise<void> {
    if (!this.#sessions.delete(this.#pair(a, b))) return;
    const told: (readonly [number, number])[] = [];
    for (const [device, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      const queue = this.#queue(peer, device);
      if (this.#queues[queue]?.[0] !== CONNECTED) told.push([device, peer]);
      this.#queues[queue] = [];
    }
    for (const [device, peer] of told) {
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
