import { createHash } from 'node:crypto';
import { hexEncode } from '../../protocol/bytes/index.ts';
import type { SimDisk } from '../disk/index.ts';
import { LiveDevice, type LocalEffects } from './live-device.ts';
import { type Keeps, type LocalInput, textOf } from './local-input.ts';
import { textOfObject } from './object-text.ts';
import type { Setting } from './setting.ts';

/** Live devices that are kept for each device of the world, so that few have to be made again. */
const LIVE_MAX = 256;

/** What one device is. Devices with the same object do the same from then on, whatever has brought them there. */
export interface LocalState {
  /** Its number among all local states. */
  readonly id: number;
  readonly device: number;
  /** One way to it: of what was before, by which input. */
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
  /** What it shows; equal texts, equal devices. */
  readonly shows: string;
  /** Of its state; of a device that is down none. */
  readonly digest: string;
  readonly isAtRest: boolean;
}

/** What an input leads to. */
export interface LocalStep extends LocalEffects {
  readonly state: LocalState;
}

/**
 * All local states that were met. What follows from one by an input is found out once, whatever else has happened in
 * the world: so the engine does each step once, and the world is explored over the numbers of local states. Where a
 * device can be read, orders of inputs that leave the same in it lead to one state; where it cannot, each has its own.
 */
export class LocalStates {
  readonly #setting: Setting;
  /** What is the same in all devices. */
  readonly #common: ReadonlyMap<object, string>;
  readonly #steps = new Map<string, LocalStep>();
  readonly #states: LocalState[] = [];
  /** Those of devices that can be read, by what is in them. */
  readonly #known = new Map<string, LocalState>();
  /** Live devices by the id of the state that they are in, those that were used last at the end. */
  readonly #live: Map<number, LiveDevice>[];

  constructor(setting: Setting) {
    this.#setting = setting;
    const { crypto, genesis, founding, frames, ledger, devices } = setting;
    const common = { setting, crypto, genesis, founding, frames, ledger };
    this.#common = new Map<object, string>([
      ...Object.entries(common).map(([name, part]) => [part, name] as const),
      ...devices.flatMap((device) => [
        [device, `device ${device.number}`] as const,
        [device.signer, `signer ${device.number}`] as const,
      ]),
    ]);
    this.#live = devices.map(() => new Map<number, LiveDevice>());
  }

  /** How many there are. */
  get count(): number {
    return this.#states.length;
  }

  /** How many of them are of a device that cannot be read, so that each is of one sequence of inputs. */
  get unreadable(): number {
    return this.#states.length - this.#known.size;
  }

  /** The state with a number. */
  at(id: number): LocalState {
    const state = this.#states[id];
    if (state === undefined) throw new RangeError(`there is no local state ${id}`);
    return state;
  }

  /** A device that is down, before anything has happened. */
  root(device: number): LocalState {
    return this.#stateOf(device, this.#liveAt(device));
  }

  /** What follows from an input in a state. */
  after(state: LocalState, input: LocalInput): LocalStep | Promise<LocalStep> {
    return this.#steps.get(`${state.id} ${textOf(input)}`) ?? this.#find(state, input);
  }

  async #find(before: LocalState, input: LocalInput): Promise<LocalStep> {
    const live = await this.#liveIn(before);
    const effects = await live.take(input);
    const state = this.#stateOf(before.device, live, { before, input });
    const step = { state, ...effects };
    this.#steps.set(`${before.id} ${textOf(input)}`, step);
    this.#keep(state, live);
    return step;
  }

  /** The state that a device is in, which may be one that was met before. */
  #stateOf(device: number, live: LiveDevice, from?: Pick<LocalState, 'before' | 'input'>): LocalState {
    const text = live.engine === undefined ? downText(live) : textOfObject(live, this.#common);
    const key = text && `${device} ${hashOf([text])}`;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const state = stateOf(this.#states.length, device, live, from);
    this.#states.push(state);
    if (key !== undefined) this.#known.set(key, state);
    return state;
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
}

const stateOf = (
  id: number,
  device: number,
  live: LiveDevice,
  from: Pick<LocalState, 'before' | 'input'> | undefined,
): LocalState => {
  const { engine, isCommitting, timerMs, written, keeps } = live;
  return {
    id,
    device,
    before: from?.before,
    input: from?.input,
    isUp: engine !== undefined,
    isCommitting,
    isRebuilding: engine?.rebuilding !== undefined,
    timerMs,
    written,
    keeps,
    shows: engine === undefined ? '' : shownBy(engine),
    digest: engine?.replica.digest.toHex() ?? '',
    isAtRest: engine !== undefined && engine.rebuilding === undefined && isEmpty(engine.waiting()),
  };
};

const shownBy = (engine: NonNullable<LiveDevice['engine']>): string => {
  const frontier = [...engine.frontier()].map(({ origin, seq, frozen }) => `${origin} ${seq} ${frozen}`);
  return [engine.replica.digest.toHex(), ...frontier.sort()].join('\n');
};

const isEmpty = (all: Iterable<unknown>): boolean => {
  for (const _ of all) return false;
  return true;
};

/** Of a device that is down nothing counts but its disk. */
const downText = ({ written, acked, nowMs, disk }: LiveDevice): string =>
  [written, acked, nowMs, diskText(disk)].join(' ');

/** Everything on a disk, as a hash. */
const diskText = (disk: SimDisk): string =>
  hashOf([...disk.contents()].map((part) => (typeof part === 'string' ? part : hexEncode(part))));

const hashOf = (lines: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('base64');
};
