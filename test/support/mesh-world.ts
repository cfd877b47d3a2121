import { base32 } from '../../protocol/bytes/index.ts';
import { type DeviceId, portableCrypto, type Signer } from '../../protocol/crypto/index.ts';
import {
  type AppendEntry,
  Engine,
  type EngineEffect,
  type EngineInput,
  type RecordStore,
  readEngineImage,
  type StateStore,
} from '../../protocol/engine/index.ts';
import {
  type EventDraft,
  encodeRecord,
  makeOrigin,
  type Origin,
  type PlacedEvent,
} from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import { deviceAdded, type Genesis, spaceCreated, spaceIdOf } from '../../protocol/membership/index.ts';
import { memoryRecordStore, memoryStateStore } from './memory-stores.ts';
import { numberedSigner } from './test-signer.ts';

/** Wall clock of a world when it begins. */
export const WORLD_BEGIN_MS = 1_700_000_000_000;

/** An engine with its stores: what one device is made of, without network and disk. */
export class WorldDevice {
  readonly signer: Signer;
  readonly origin: Origin;
  readonly records: RecordStore = memoryRecordStore();
  readonly state: StateStore = memoryStateStore();
  readonly answers: EngineEffect[] = [];
  readonly applied: PlacedEvent[] = [];
  timerMs: number | undefined;
  #engine: Engine | undefined;

  constructor(number: number) {
    this.signer = numberedSigner(number);
    this.origin = makeOrigin(this.signer.device, base32.encode(new Uint8Array(5).fill(number)));
  }

  get id(): DeviceId {
    return this.signer.device;
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('the device is not open');
    return this.#engine;
  }

  /** Opens the engine on what the stores hold, as after a restart. */
  async open(space: SpaceId, genesis: Genesis): Promise<void> {
    this.#engine = new Engine({
      crypto: portableCrypto,
      signer: this.signer,
      space,
      genesis,
      origin: this.origin,
      records: this.records,
      state: this.state,
      image: await readEngineImage(this.records, this.state),
    });
  }
}

/** An input without its time, which the world adds. */
type Untimed<Input = EngineInput> = Input extends { readonly nowMs: number } ? Omit<Input, 'nowMs'> : never;

/** Devices of one space, joined by links that keep the order of frames and can be cut. */
export class MeshWorld {
  readonly devices: readonly WorldDevice[];
  readonly space: SpaceId;
  readonly genesis: Genesis;
  readonly #random: () => number;
  readonly #links = new Map<string, Uint8Array[]>();
  readonly #tasks: (() => Promise<void>)[] = [];
  nowMs = WORLD_BEGIN_MS;
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

  /** A space of which all devices are members; the first one founded it. */
  static async create(count: number, random: () => number): Promise<MeshWorld> {
    const world = new MeshWorld(count, random);
    for (const device of world.devices) await device.open(world.space, world.genesis);
    const founder = world.device(0);
    const draft = spaceCreated({ name: 'test', deviceName: 'device 1', nonce: 'aaaaaaaaaaaaaaaa' });
    await world.append(0, [{ origin: founder.origin, draft, timestamp: WORLD_BEGIN_MS }]);
    for (const [i, { id }] of world.devices.entries()) {
      if (i > 0) await world.write(0, deviceAdded({ device: id, name: `device ${i + 1}`, role: 'writer' }));
    }
    return world;
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

  connect(a: number, b: number): void {
    const [first, second] = [this.device(a), this.device(b)];
    this.#links.set(`${first.id} ${second.id}`, []);
    this.#links.set(`${second.id} ${first.id}`, []);
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

  /** Runs until no frame, commit or read is under way; at most `steps` of them. */
  async settle(steps = Number.POSITIVE_INFINITY): Promise<void> {
    for (let i = 0; i < steps; i += 1) {
      const busy = [...this.#links].filter(([, frames]) => frames.length > 0);
      const choice = Math.floor(this.#random() * (busy.length + (this.#tasks.length > 0 ? 1 : 0)));
      const link = busy[choice];
      if (link !== undefined) this.#deliver(...link);
      else if (!(await this.#runTask())) return;
    }
  }

  /** Lets time pass and fires the timers that have run out. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const device of this.devices) {
      if ((device.timerMs ?? Number.POSITIVE_INFINITY) > this.nowMs) continue;
      device.timerMs = undefined;
      this.step(device, { type: 'tick' });
    }
    await this.settle();
  }

  /** Hands an input to a device's engine. */
  step(device: WorldDevice, input: Untimed): void {
    const effects = device.engine.step({ ...input, nowMs: this.nowMs } as EngineInput);
    for (const effect of effects) this.#perform(device, effect);
  }

  #deliver(link: string, frames: Uint8Array[]): void {
    const [from, to] = link.split(' ');
    const frame = frames.shift();
    const device = this.devices.find(({ id }) => id === to);
    if (frame === undefined || device === undefined) return;
    this.bytes += frame.length;
    this.step(device, { type: 'frame', peer: from as DeviceId, frame });
  }

  async #runTask(): Promise<boolean> {
    const [task] = this.#tasks.splice(Math.floor(this.#random() * this.#tasks.length), 1);
    await task?.();
    return task !== undefined;
  }

  #perform(device: WorldDevice, effect: EngineEffect): void {
    switch (effect.type) {
      case 'send':
        this.#links.get(`${device.id} ${effect.peer}`)?.push(effect.frame);
        break;
      case 'commit':
        this.#tasks.push(async () => {
          const { id, logs, state, durable } = effect.commit;
          await device.records.write(logs, { durable });
          await device.state.write(state);
          this.step(device, { type: 'committed', commit: id });
        });
        break;
      case 'read-range':
        this.#tasks.push(async () => {
          const range = await device.records.range(effect.origin, effect.segment, effect.events);
          this.step(device, { type: 'range-read', peer: effect.peer, range });
        });
        break;
      case 'read-records':
        this.#tasks.push(async () => {
          const { origin, firstSeq, count } = effect;
          const records = await device.records.records(origin, firstSeq, count);
          this.step(device, { type: 'records-read', origin, firstSeq, records });
        });
        break;
      case 'set-timer':
        device.timerMs = effect.atMs;
        break;
      case 'applied':
        device.applied.push(effect.event);
        break;
      default:
        device.answers.push(effect);
    }
  }
}

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
