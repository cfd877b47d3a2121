import {
  type Commit,
  type EffectOf,
  Engine,
  type EngineEffect,
  type EngineInput,
  readEngineImage,
  readStoredRecords,
  storedAnswers,
  type UntimedInput,
} from '../../protocol/engine/index.ts';
import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';
import { WORLD_BEGIN_MS } from '../device/index.ts';
import { SimDisk } from '../disk/index.ts';
import { DeviceChecks } from './device-checks.ts';
import type { Breach } from './ledger.ts';
import { KEEPS, type Keeps, type LocalInput } from './local-input.ts';
import type { DeviceSetting, Setting } from './setting.ts';

/** Every clock shows this until a timer runs out. */
const NOW_MS = WORLD_BEGIN_MS + 60_000;

/** What one input leads to, as far as others are concerned. */
export interface LocalEffects {
  readonly sends: readonly { readonly peer: number; readonly frame: number }[];
  /** Peers with which it ends its session. */
  readonly ends: readonly number[];
  readonly breaches: readonly Breach[];
}

/** Reads that an engine asks for, which are done before anything else happens. */
type Read = EffectOf<'read-range' | 'read-records' | 'read-answer' | 'restore'>;

/** One device with the engine that ships. What it does follows from its disk and from its inputs, and from nothing else. */
export class LiveDevice {
  readonly disk: SimDisk;
  readonly #setting: Setting;
  readonly #device: DeviceSetting;
  readonly #checks: DeviceChecks;
  #engine: Engine | undefined;
  #answer: ReturnType<typeof storedAnswers> | undefined;
  #commit: Commit | undefined;
  #nowMs = NOW_MS;
  #timerMs: number | undefined;
  #written = 0;
  #reads: Read[] = [];
  #sends: { readonly peer: number; readonly frame: number }[] = [];
  #ends: number[] = [];

  constructor(setting: Setting, device: DeviceSetting) {
    this.#setting = setting;
    this.#device = device;
    this.disk = new SimDisk(device.storeId);
    if (device.image !== undefined) this.disk.restore(device.image);
    this.#checks = new DeviceChecks(setting, device, this.disk);
  }

  get engine(): Engine | undefined {
    return this.#engine;
  }

  get isCommitting(): boolean {
    return this.#commit !== undefined;
  }

  /** When its timer runs out, in ms since 1970. */
  get timerMs(): number | undefined {
    return this.#timerMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events it was asked to write. */
  get written(): number {
    return this.#written;
  }

  /** How much of its log it has acknowledged. */
  get acked(): number {
    return this.#checks.acked;
  }

  /** What it may keep if its power goes off now: as many ways as can make a difference. */
  get keeps(): readonly Keeps[] {
    return this.disk.unsynced === 0 && this.#commit === undefined ? ['all'] : KEEPS;
  }

  /** Takes an input, and does all that follows at once. */
  async take(input: LocalInput): Promise<LocalEffects> {
    try {
      await this.#happen(input);
      await this.#settle();
      if (this.#engine !== undefined) this.#checks.stepped(this.#engine);
    } catch (error) {
      this.#checks.threw(error);
    }
    const effects = { sends: this.#sends, ends: this.#ends, breaches: this.#checks.takeBreaches() };
    this.#sends = [];
    this.#ends = [];
    return effects;
  }

  /** Writes something, for the founding of a space. */
  append(drafts: readonly EventDraft[], timestamp?: number): void {
    const { main: origin } = this.#device;
    const entries = drafts.map((draft) => ({
      origin,
      draft,
      ...(timestamp !== undefined && { timestamp }),
    }));
    this.#step({ type: 'append', request: this.#written, entries });
  }

  async #happen(input: LocalInput): Promise<void> {
    switch (input.type) {
      case 'write':
        this.#written += 1;
        this.append([draftOf(this.#device.number, this.#written)]);
        break;
      case 'connected':
      case 'disconnected':
        this.#step({ type: input.type, peer: this.#peer(input.peer) });
        break;
      case 'frame': {
        const frame = this.#setting.frames.bytesOf(input.frame);
        this.#step({ type: 'frame', peer: this.#peer(input.peer), frame });
        break;
      }
      case 'committed':
        this.#committed();
        break;
      case 'crash':
        this.#crash(input.keeps);
        break;
      case 'start':
        await this.#start();
        break;
      case 'tick':
        this.#nowMs = Math.max(this.#nowMs, input.atMs);
        this.#timerMs = undefined;
        this.#step({ type: 'tick' });
        break;
    }
  }

  async #start(): Promise<void> {
    const { crypto, space, genesis } = this.#setting;
    const { signer, main: origin } = this.#device;
    const { records, state } = this.disk;
    const image = await readEngineImage(records, state);
    // What was cleared on the way stays so.
    this.disk.sync();
    this.#engine = new Engine({ crypto, signer, space, genesis, origin, records, state, image });
    this.#answer = storedAnswers(crypto, records);
    this.#checks.opened(image);
    this.#step({ type: 'tick' });
  }

  #crash(keeps: Keeps): void {
    const { disk } = this;
    if (keeps !== 'safe' && this.#commit !== undefined) disk.write(this.#commit);
    const all = disk.unsynced;
    disk.crash(keeps === 'safe' ? 0 : all, keeps === 'all' ? all : 0);
    this.#engine = undefined;
    this.#commit = undefined;
    this.#timerMs = undefined;
  }

  #committed(): void {
    const commit = this.#commit;
    if (commit === undefined) throw new Error('no commit is under way');
    this.#commit = undefined;
    this.disk.write(commit);
    if (commit.durable) this.disk.syncRecords();
    this.#step({ type: 'committed', commit: commit.id });
  }

  /** Does what is done at once: reads, and commits of rows alone, of which nothing that others see depends. */
  async #settle(): Promise<void> {
    for (;;) {
      const read = this.#reads.shift();
      if (read !== undefined) this.#step(await this.#read(read));
      else if (this.#commit !== undefined && isOfRows(this.#commit)) this.#committed();
      else return;
    }
  }

  #step(input: UntimedInput): void {
    if (this.#engine === undefined) throw new Error('the device is down');
    for (const effect of this.#engine.step({ ...input, nowMs: this.#nowMs } as EngineInput)) {
      this.#checks.effect(effect);
      this.#perform(effect);
    }
  }

  #perform(effect: EngineEffect): void {
    switch (effect.type) {
      case 'send':
        this.#sends.push({
          peer: this.#setting.numberOf(effect.peer),
          frame: this.#setting.frames.numberOf(effect.frame),
        });
        break;
      case 'disconnect':
        this.#ends.push(this.#setting.numberOf(effect.peer));
        break;
      case 'commit':
        this.#commit = effect.commit;
        break;
      case 'set-timer':
        this.#timerMs = effect.atMs;
        break;
      case 'read-range':
      case 'read-records':
      case 'read-answer':
      case 'restore':
        this.#reads.push(effect);
        break;
      default:
        // News, or gossip, without which everything comes about too.
        break;
    }
  }

  async #read(read: Read): Promise<UntimedInput> {
    const { records } = this.disk;
    switch (read.type) {
      case 'read-range': {
        const range = await records.range(read.origin, read.segment, read.events);
        return { type: 'range-read', peer: read.peer, range };
      }
      case 'read-records': {
        const { origin, firstSeq } = read;
        const some = (from: number, count: number) => records.records(origin, from, count);
        return { type: 'records-read', origin, firstSeq, records: await readStoredRecords(some, read) };
      }
      case 'read-answer': {
        const answer = this.#answer?.(read.question);
        if (answer === undefined) throw new Error('the device is down');
        return { type: 'answer-read', peer: read.peer, answer };
      }
      case 'restore':
        throw new Error('a segment is to be restored, and none is damaged');
    }
  }

  #peer(number: number) {
    const device = this.#setting.devices[number];
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device.signer.device;
  }
}

/** Whether a commit brings neither records nor proofs. */
const isOfRows = ({ logs, evidence }: Commit): boolean => logs.length + evidence.length === 0;

/** All devices write to one field, each write another value. */
const draftOf = (device: number, write: number): EventDraft => ({
  type: CORE_TYPE.stateUpdated,
  entityId: 'note-1',
  payload: { title: `${write} of device ${device}` },
});
