import { createHash } from 'node:crypto';
import { hexEncode } from '../../protocol/bytes/index.ts';
import type { SimDisk } from '../disk/index.ts';
import type { Breach } from './ledger.ts';
import { LiveDevice } from './live-device.ts';
import { type Keeps, type LocalInput, textOf } from './local-input.ts';
import type { Setting } from './setting.ts';

/** Live devices that are kept for each device of the world, so that few have to be made again. */
const LIVE_MAX = 64;

/**
 * What one device is after a sequence of inputs. There is one object for each sequence: devices with the same one do
 * the same from then on.
 */
export interface LocalState {
  /** Its number among all local states. */
  readonly id: number;
  readonly device: number;
  /** How it came about: of what was before, by which input. */
  readonly before: LocalState | undefined;
  readonly input: LocalInput | undefined;
  readonly isUp: boolean;
  readonly isCommitting: boolean;
  /** Whether nothing can be written, as its state is being made anew. */
  readonly isRebuilding: boolean;
  readonly timerMs: number | undefined;
  readonly written: number;
  /** How its power can go off. */
  readonly keeps: readonly Keeps[];
  /** What the input has led to. */
  readonly sends: readonly { readonly peer: number; readonly frame: number }[];
  readonly ends: readonly number[];
  readonly breaches: readonly Breach[];
  /** What it shows; equal texts, equal devices. */
  readonly shows: string;
  /** Of its state; of a device that is down none. */
  readonly digest: string;
  readonly isAtRest: boolean;
}

/**
 * All local states that were met. What follows from one by an input is found out once, whatever else has happened in
 * the world: so the engine does each step once, and the world is explored over the numbers of local states.
 */
export class LocalStates {
  readonly #setting: Setting;
  readonly #after = new Map<string, LocalState>();
  readonly #down = new Map<string, LocalState>();
  /** Live devices by the id of the state that they are in, those that were used last at the end. */
  readonly #live: Map<number, LiveDevice>[];
  #count = 0;
  #steps = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#live = setting.devices.map(() => new Map<number, LiveDevice>());
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Inputs that engines have taken. */
  get steps(): number {
    return this.#steps;
  }

  /** A device that is down, before anything has happened. */
  root(device: number): LocalState {
    return this.#stateOf(device, this.#liveAt(device), undefined, undefined);
  }

  /** What a state becomes by an input. */
  after(state: LocalState, input: LocalInput): LocalState | Promise<LocalState> {
    return this.#after.get(`${state.id} ${textOf(input)}`) ?? this.#find(state, input);
  }

  async #find(state: LocalState, input: LocalInput): Promise<LocalState> {
    const live = await this.#liveIn(state);
    this.#steps += 1;
    const effects = await live.take(input);
    const found = this.#stateOf(state.device, live, { state, input }, effects);
    const known = input.type === 'crash' ? this.#sameDisk(found, live) : found;
    this.#after.set(`${state.id} ${textOf(input)}`, known);
    if (known === found) this.#keep(found, live);
    return known;
  }

  /** Of a device that is down nothing counts but its disk. */
  #sameDisk(state: LocalState, live: LiveDevice): LocalState {
    const key = [state.device, state.written, live.acked, live.nowMs, diskText(live.disk)].join(' ');
    const known = this.#down.get(key);
    if (known === undefined) this.#down.set(key, state);
    return known ?? state;
  }

  async #liveIn(state: LocalState): Promise<LiveDevice> {
    const kept = this.#live[state.device];
    const live = kept?.get(state.id);
    if (live !== undefined) {
      kept?.delete(state.id);
      return live;
    }
    const inputs: LocalInput[] = [];
    for (let at: LocalState | undefined = state; at?.input !== undefined; at = at.before)
      inputs.push(at.input);
    const made = this.#liveAt(state.device);
    for (const input of inputs.reverse()) {
      this.#steps += 1;
      await made.take(input);
    }
    return made;
  }

  #liveAt(device: number): LiveDevice {
    const setting = this.#setting.devices[device];
    if (setting === undefined) throw new RangeError(`there is no device ${device}`);
    return new LiveDevice(this.#setting, setting);
  }

  #keep(state: LocalState, live: LiveDevice): void {
    const kept = this.#live[state.device];
    kept?.set(state.id, live);
    const [oldest] = kept?.keys() ?? [];
    if (kept !== undefined && kept.size > LIVE_MAX && oldest !== undefined) kept.delete(oldest);
  }

  #stateOf(
    device: number,
    live: LiveDevice,
    from: { readonly state: LocalState; readonly input: LocalInput } | undefined,
    effects: Pick<LocalState, 'sends' | 'ends' | 'breaches'> | undefined,
  ): LocalState {
    this.#count += 1;
    const { engine } = live;
    return {
      id: this.#count,
      device,
      before: from?.state,
      input: from?.input,
      isUp: engine !== undefined,
      isCommitting: live.isCommitting,
      isRebuilding: engine?.rebuilding !== undefined,
      timerMs: live.timerMs,
      written: live.written,
      keeps: live.keeps,
      sends: effects?.sends ?? [],
      ends: effects?.ends ?? [],
      breaches: effects?.breaches ?? [],
      shows: engine === undefined ? '' : shownBy(engine),
      digest: engine?.replica.digest.toHex() ?? '',
      isAtRest: engine !== undefined && engine.rebuilding === undefined && isEmpty(engine.waiting()),
    };
  }
}

const shownBy = (engine: NonNullable<LiveDevice['engine']>): string => {
  const frontier = [...engine.frontier()].map(({ origin, seq, frozen }) => `${origin} ${seq} ${frozen}`);
  return [engine.replica.digest.toHex(), ...frontier.sort()].join('\n');
};

const isEmpty = (all: Iterable<unknown>): boolean => {
  for (const _ of all) return false;
  return true;
};

/** Everything on a disk, as a hash. */
const diskText = (disk: SimDisk): string => {
  const hash = createHash('sha256');
  for (const part of disk.contents())
    hash.update(typeof part === 'string' ? part : hexEncode(part)).update('\n');
  return hash.digest('hex');
};
