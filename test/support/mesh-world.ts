import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { AppendEntry, EngineEffect, EngineInput, UntimedInput } from '../../protocol/engine/index.ts';
import { type EventDraft, encodeRecord, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import {
  type Cut,
  deviceAdded,
  deviceRevoked,
  type Genesis,
  type Role,
  roleChanged,
  spaceCreated,
  spaceIdOf,
} from '../../protocol/membership/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import {
  decodeFrame,
  encodeFrame,
  type LogName,
  SYNC_LIMITS,
  type SyncFrame,
} from '../../protocol/sync/index.ts';
import { type Stage, stagesOf } from './effect-stages.ts';
import { numberedSigner } from './test-signer.ts';
import { type DiskCopy, WorldDevice } from './world-device.ts';

export type { WorldDevice };

/** Wall clock of a world when it begins. */
export const WORLD_BEGIN_MS = 1_700_000_000_000;

/** No test keeps its devices busy for so many steps, unless they go round in circles. */
const SETTLING_STEPS_MAX = 20_000;

/** What a device has asked of its host and what is not done yet. */
interface Task {
  readonly device: WorldDevice;
  readonly type: EngineEffect['type'];
  run(): Promise<void>;
}

/** How a world begins. */
export interface WorldOptions {
  /** How many of the devices, from the first on, are members at once. Default: all. */
  readonly members?: number;
  /** The role of all members but the founder. Default: writer. */
  readonly role?: Role;
}

/** Devices of one space, joined by links that keep the order of frames and can be cut. */
export class MeshWorld {
  readonly devices: readonly WorldDevice[];
  readonly space: SpaceId;
  readonly genesis: Genesis;
  readonly #random: () => number;
  readonly #links = new Map<string, Uint8Array[]>();
  /** For each direction of a link, the logs that were spelled out, in order: what aliases count. */
  readonly #spelled = new Map<string, Set<Origin>>();
  #tasks: Task[] = [];
  nowMs = WORLD_BEGIN_MS;
  /** Kinds of tasks that stay undone for now, of all devices or of some. */
  isHeld: (task: Pick<Task, 'device' | 'type'>) => boolean = () => false;
  /** What becomes of a frame on its way; undefined loses it. */
  passing: (frame: SyncFrame, from: WorldDevice, to: WorldDevice) => SyncFrame | undefined = (frame) => frame;
  /** Told of each frame that reaches a device, before that looks at it. */
  arriving: (frame: SyncFrame, from: WorldDevice, to: WorldDevice) => void = () => {};
  /** What becomes of a gossip message on a link; undefined loses it. By default there is no gossip at all. */
  gossiping: (message: Uint8Array, from: WorldDevice, to: WorldDevice) => Uint8Array | undefined = () =>
    undefined;
  /** Bytes of frames delivered so far. */
  bytes = 0;
  #lastRequest = 0;

  /** @param random from 0 up to 1: decides what happens next */
  private constructor(count: number, random: () => number) {
    this.#random = random;
    this.devices = Array.from({ length: count }, (_, i) => new WorldDevice(i + 1));
    const founder = this.device(0);
    const draft = spaceCreated({ name: 'test', deviceName: 'device 1', nonce: 'aaaaaaaaaaaaaaaa' });
    this.genesis = { origin: founder.origin, record: encodeRecord({ ...draft, timestamp: WORLD_BEGIN_MS }) };
    this.space = spaceIdOf(portableCrypto, this.genesis);
  }

  /** A space that the first device founded. */
  static async create(count: number, random: () => number, options: WorldOptions = {}): Promise<MeshWorld> {
    const world = new MeshWorld(count, random);
    for (const device of world.devices) await device.open(world.space, world.genesis);
    const founder = world.device(0);
    const draft = spaceCreated({ name: 'test', deviceName: 'device 1', nonce: 'aaaaaaaaaaaaaaaa' });
    await world.append(0, [{ origin: founder.origin, draft, timestamp: WORLD_BEGIN_MS }]);
    for (let i = 1; i < (options.members ?? count); i += 1) await world.add(i, options.role);
    return world;
  }

  /** The founder makes a device a member. */
  async add(number: number, role: Role = 'writer'): Promise<void> {
    const { id } = this.device(number);
    await this.write(0, deviceAdded({ device: id, name: `device ${number + 1}`, role }));
  }

  /** The founder makes a device a member that is not of this world: nobody is connected with all members. */
  async addAbsent(): Promise<void> {
    const device = numberedSigner(200).device;
    await this.write(0, deviceAdded({ device, name: 'absent', role: 'writer' }));
  }

  /** A device takes another one out of the space; by default all counts that it has seen of it. */
  async revoke(by: number, number: number, cut: Cut = {}): Promise<void> {
    await this.write(by, deviceRevoked({ device: this.device(number).id, cut }));
  }

  /** A device gives another one another role. */
  async changeRole(by: number, number: number, role: Role, cut: Cut = {}): Promise<void> {
    await this.write(by, roleChanged({ device: this.device(number).id, role, cut }));
  }

  device(number: number): WorldDevice {
    const device = this.devices[number];
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device;
  }

  /** Appends drafts to a device's main log and waits for the answer. */
  async write(number: number, ...drafts: readonly EventDraft[]): Promise<readonly PlacedEvent[]> {
    const { origin } = this.device(number);
    return this.append(
      number,
      drafts.map((draft) => ({ origin, draft })),
    );
  }

  /** Appends entries and runs the device's own tasks until they are answered. */
  async append(number: number, entries: readonly AppendEntry[]): Promise<readonly PlacedEvent[]> {
    this.#lastRequest += 1;
    const request = this.#lastRequest;
    const device = this.device(number);
    this.step(device, { type: 'append', request, entries });
    for (;;) {
      const answer = device.answers.find(
        (effect) => effect.type === 'appended' && effect.request === request,
      );
      if (answer?.type === 'appended') return answer.events;
      if (!(await this.#runTask())) throw new Error('the append was never answered');
    }
  }

  isConnected(a: number, b: number): boolean {
    return this.#links.has(`${this.device(a).id} ${this.device(b).id}`);
  }

  connect(a: number, b: number): void {
    const [first, second] = [this.device(a), this.device(b)];
    for (const link of [`${first.id} ${second.id}`, `${second.id} ${first.id}`]) {
      this.#links.set(link, []);
      this.#spelled.set(link, new Set());
    }
    this.step(first, { type: 'connected', peer: second.id });
    this.step(second, { type: 'connected', peer: first.id });
  }

  /** Cuts a link; what is under way on it is lost. */
  disconnect(a: number, b: number): void {
    const [first, second] = [this.device(a), this.device(b)];
    this.#links.delete(`${first.id} ${second.id}`);
    this.#links.delete(`${second.id} ${first.id}`);
    this.step(first, { type: 'disconnected', peer: second.id });
    this.step(second, { type: 'disconnected', peer: first.id });
  }

  /** Cuts a device's power and starts it again: what was under way is lost, and its peers lose the connection. */
  async crash(number: number): Promise<void> {
    this.#stop(this.device(number));
    this.device(number).losePower(this.#random);
    await this.#start(this.device(number));
  }

  /** The same, and its state is lost as well. */
  async forget(number: number): Promise<void> {
    this.#stop(this.device(number));
    this.device(number).losePower(this.#random);
    await this.device(number).state.clear();
    await this.#start(this.device(number));
  }

  /** Opens a device anew on what its disk holds, all of it. */
  async reopen(number: number): Promise<void> {
    this.#stop(this.device(number));
    await this.#start(this.device(number));
  }

  /** Puts an earlier copy in the place of what is on a device's disk, and starts it on that. */
  async restore(number: number, copy: DiskCopy): Promise<void> {
    this.#stop(this.device(number));
    this.device(number).restore(copy);
    await this.#start(this.device(number));
  }

  /** Makes a device go on under another log of its own. */
  goOn(number: number): void {
    const device = this.device(number);
    device.origin = device.nextOrigin();
    this.step(device, { type: 'continue', origin: device.origin });
  }

  #stop(device: WorldDevice): void {
    this.#tasks = this.#tasks.filter((task) => task.device !== device);
    for (const peer of this.devices) {
      const wasConnected = this.#links.delete(`${device.id} ${peer.id}`);
      this.#links.delete(`${peer.id} ${device.id}`);
      if (wasConnected) this.step(peer, { type: 'disconnected', peer: device.id });
    }
  }

  async #start(device: WorldDevice): Promise<void> {
    await device.open(this.space, this.genesis);
    this.step(device, { type: 'tick' });
  }

  /** Runs until no frame, commit or read is under way; at most `steps` of them, where that is given. */
  async settle(steps?: number): Promise<void> {
    for (let i = 0; i !== steps; i += 1) {
      if (i > SETTLING_STEPS_MAX) throw new Error('the devices do not come to rest');
      const busy = [...this.#links].filter(([, frames]) => frames.length > 0);
      const choice = Math.floor(this.#random() * (busy.length + (this.#runnable().length > 0 ? 1 : 0)));
      const link = busy[choice];
      if (link !== undefined) this.#deliver(...link);
      else if (!(await this.#runTask()) && !this.#tick()) return;
    }
  }

  /** Settles, with the news that waits for a while. */
  async rest(): Promise<void> {
    for (let before = -1; before !== this.bytes; ) {
      await this.settle();
      before = this.bytes;
      await this.pass(2 * SYNC_LIMITS.lazyMs);
    }
  }

  /** Lets time pass, fires the timers that have run out, and settles. */
  async pass(ms: number, steps?: number): Promise<void> {
    this.nowMs += ms;
    this.#tick();
    await this.settle(steps);
  }

  /** Fires the timers that have run out; false when none has. */
  #tick(): boolean {
    const due = this.devices.filter(({ timerMs = Number.POSITIVE_INFINITY }) => timerMs <= this.nowMs);
    for (const device of due) {
      device.timerMs = undefined;
      this.step(device, { type: 'tick' });
    }
    return due.length > 0;
  }

  /** Hands a gossip message that a device has, or pretends to have, to all its neighbours. */
  gossip(from: WorldDevice, message: Uint8Array): void {
    from.gossipSeen.add(String(message));
    for (const to of this.devices) {
      if (!this.#links.has(`${from.id} ${to.id}`)) continue;
      const passed = this.gossiping(message, from, to);
      if (passed === undefined || to.gossipSeen.has(String(passed))) continue;
      const run = async (): Promise<void> => this.#hear(from, to, passed);
      this.#tasks.push({ device: to, type: 'publish', run });
    }
  }

  /** Hands an input to a device's engine. */
  step(device: WorldDevice, input: UntimedInput): void {
    const effects = device.engine.step({ ...input, nowMs: this.nowMs } as EngineInput);
    for (const effect of effects) this.#perform(device, effect);
  }

  /** What gossipsub does: judges a message that is new, and passes on what is accepted. */
  #hear(from: WorldDevice, to: WorldDevice, message: Uint8Array): void {
    if (to.gossipSeen.has(String(message))) return;
    to.gossipSeen.add(String(message));
    this.#lastRequest += 1;
    this.step(to, { type: 'gossip', request: this.#lastRequest, peer: from.id, message });
    if (to.verdicts.at(-1)?.verdict === 'accept') this.gossip(to, message);
  }

  /** The log that a frame names. */
  logNamed(name: LogName, from: WorldDevice, to: WorldDevice): Origin | undefined {
    if (name.type === 'origin') return name.origin;
    const link = name.by === 'sender' ? `${from.id} ${to.id}` : `${to.id} ${from.id}`;
    return [...(this.#spelled.get(link) ?? [])][name.number];
  }

  #deliver(link: string, frames: Uint8Array[]): void {
    const [from, to] = link.split(' ');
    const frame = frames.shift();
    const sender = this.devices.find(({ id }) => id === from);
    const device = this.devices.find(({ id }) => id === to);
    if (frame === undefined || device === undefined || sender === undefined) return;
    this.bytes += frame.length;
    const decoded = decodeFrame(frame);
    if (decoded.ok) this.arriving(decoded.value, sender, device);
    this.step(device, { type: 'frame', peer: sender.id, frame });
  }

  #runnable(): readonly Task[] {
    return this.#tasks.filter((task) => !this.isHeld(task));
  }

  async #runTask(): Promise<boolean> {
    const runnable = this.#runnable();
    const task = runnable[Math.floor(this.#random() * runnable.length)];
    if (task === undefined) return false;
    this.#tasks = this.#tasks.filter((other) => other !== task);
    await task.run();
    return true;
  }

  #perform(device: WorldDevice, effect: EngineEffect): void {
    this.#later(device, effect, stagesOf(device, effect, (input) => this.step(device, input)) ?? []);
    switch (effect.type) {
      case 'send':
        this.#send(device, effect.peer, effect.frame);
        break;
      case 'commit':
        device.commits.push(effect.commit);
        break;
      case 'restore':
        device.restored.push(effect.segment);
        break;
      case 'read-range':
      case 'read-answer':
      case 'read-records':
        break;
      case 'set-timer':
        device.timerMs = effect.atMs;
        device.timers.push(effect.atMs);
        break;
      case 'applied':
        device.applied.push(effect.event);
        break;
      case 'publish':
        this.gossip(device, effect.message);
        break;
      case 'gossip-verdict':
        device.verdicts.push(effect);
        break;
      default:
        device.answers.push(effect);
    }
  }

  /** Queues the stages of what an effect asks for. */
  #later(device: WorldDevice, { type }: Pick<EngineEffect, 'type'>, stages: readonly Stage[]): void {
    const [stage, ...rest] = stages;
    if (stage === undefined) return;
    const run = async (): Promise<void> => {
      await stage();
      this.#later(device, { type }, rest);
    };
    this.#tasks.push({ device, type, run });
  }

  #send(from: WorldDevice, peer: DeviceId, bytes: Uint8Array): void {
    const to = this.devices.find(({ id }) => id === peer);
    const frame = decodeFrame(bytes);
    if (to === undefined || !frame.ok) throw new Error('an engine sent something that is no frame to a peer');
    for (const { log } of entriesOf(frame.value)) {
      if (log.type === 'origin') this.#spelled.get(`${from.id} ${peer}`)?.add(log.origin);
    }
    const passed = this.passing(frame.value, from, to);
    if (passed !== undefined) this.#links.get(`${from.id} ${peer}`)?.push(encodeFrame(passed));
  }
}

/** The frontier entries of a frame. */
const entriesOf = (frame: SyncFrame) => {
  if (frame.type === 'frontier') return frame.entries;
  return frame.type === 'node' && frame.content.type === 'entries' ? frame.content.entries : [];
};

/** A stream of numbers from 0 up to 1 that a seed decides (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
