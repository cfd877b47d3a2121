import {
  type AppendEntry,
  Engine,
  type EngineEffect,
  type EngineInput,
  readEngineImage,
  type UntimedInput,
} from '../../protocol/engine/index.ts';
import type { EventDraft } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { type DiskImage, SimDisk } from '../disk/index.ts';
import type { DrawStream, Draws } from '../draws/index.ts';
import type { PlannedDevice } from '../plan/index.ts';
import type { DeviceWorld } from './device-world.ts';
import { type EffectDevice, EffectRunner } from './effect-runner.ts';
import type { Identity } from './identity.ts';
import { type OwnLogNotes, OwnLogs } from './own-logs.ts';
import { VirtualClock } from './virtual-clock.ts';

/** How long a device that starts waits for another one to tell how far it knows its logs. */
const OWN_LOGS_CHECK_US = 3_000_000;

/** After so long the system has written what nobody has waited for: the default of Linux. */
const WRITE_BACK_US = 30_000_000;

/** After so long somebody tries again whose device could not be written to because its state was being made anew. */
const TRY_AGAIN_US = 1_000_000;

/** Everything on the disk of a device, as a backup keeps it. */
export interface DeviceBackup {
  readonly disk: DiskImage;
  readonly notes: OwnLogNotes;
}

/** One device: the engine that ships, on a virtual disk and clock, in a virtual network. It decides nothing. */
export class SimDevice implements EffectDevice {
  readonly number: number;
  readonly identity: Identity;
  readonly disk: SimDisk;
  readonly ownLogs: OwnLogs;
  readonly #planned: PlannedDevice;
  readonly #clock: VirtualClock;
  readonly #chance: DrawStream;
  #world: DeviceWorld | undefined;
  #effects: EffectRunner | undefined;
  #engine: Engine | undefined;
  /** Counts the runs: what was begun in an older one never comes to its end. */
  #run = 0;
  #timer = 0;
  /** Writes and reads of this run that have not come to their end. */
  #atWork = 0;
  #lastRequest = 0;

  constructor(number: number, planned: PlannedDevice, identity: Identity, draws: Draws) {
    this.number = number;
    this.identity = identity;
    this.#planned = planned;
    this.#clock = new VirtualClock(planned.clockAheadMs, planned.clockDriftPpm);
    this.#chance = draws.stream('disk', number);
    this.disk = new SimDisk(identity.newStoreId());
    this.ownLogs = new OwnLogs(identity.newLog());
  }

  /** Puts it into a world; before that it is a name only. */
  enter(world: DeviceWorld): void {
    this.#world = world;
  }

  get isUp(): boolean {
    return this.#engine !== undefined;
  }

  /** @throws Error when it is down */
  get engine(): Engine {
    if (this.#engine === undefined) throw new Error(`device ${this.number} is down`);
    return this.#engine;
  }

  /** The wall clock of the device, in ms since 1970. */
  get nowMs(): number {
    return this.#clock.readMs(this.#place.agenda.nowUs);
  }

  /** Starts the device on what its disk holds. */
  async start(): Promise<void> {
    if (this.isUp) return;
    const { crypto, space, genesis, agenda, network, watcher } = this.#place;
    const { signer } = this.identity;
    const { main: origin, retired } = this.ownLogs.notes;
    const { records, state } = this.disk;
    const image = await readEngineImage(records, state);
    this.#run += 1;
    this.#atWork = 0;
    const run = this.#run;
    this.#engine = new Engine({ crypto, signer, space, genesis, origin, retired, records, state, image });
    // One for each run: what it remembers of the disk does not outlive the process.
    this.#effects = new EffectRunner(this, this.#planned, this.#place);
    this.ownLogs.begin(this.#engine, signer.device);
    watcher.opened(this.number, image);
    this.step({ type: 'tick' });
    agenda.after(OWN_LOGS_CHECK_US, () => {
      if (run === this.#run) this.ownLogs.stopAsking();
    });
    network.seek(this.number);
    this.#writeBack();
  }

  /** The power goes off. */
  crash(): void {
    if (!this.isUp) return;
    this.#engine = undefined;
    this.#run += 1;
    this.#place.network.lose(this.number);
    const { unsynced, safeRecords } = this.disk;
    this.disk.crash(this.#chance.between(safeRecords, unsynced), this.#chance.between(0, unsynced));
  }

  /** Copies what is on the disk, while nothing is being written. */
  backup(): DeviceBackup {
    return { disk: this.disk.copy(), notes: this.ownLogs.notes };
  }

  /** Puts a backup in the place of what is on the disk of a device that is down. */
  restore({ disk, notes }: DeviceBackup): void {
    this.disk.restore(disk);
    this.ownLogs.restore(notes);
  }

  /** A device that is down loses all but its key; it goes on in another log, as nobody can tell how far it had come. */
  wipe(): void {
    this.disk.wipe(this.identity.newStoreId());
    this.ownLogs.restore({ main: this.identity.newLog(), retired: new Map() });
  }

  setClock(stepMs: number): void {
    this.#clock.step(stepMs);
  }

  /** Appends events as soon as it is certain to which log; a device that is down, or may not, does not. */
  write(drafts: readonly EventDraft[], timestamp?: number): void {
    this.ownLogs.append(() => {
      if (!this.isUp) return;
      const { main: origin } = this.ownLogs.notes;
      this.#lastRequest += 1;
      const entries = drafts.map((draft) => ({
        origin,
        draft,
        ...(timestamp !== undefined && { timestamp }),
      }));
      this.#ask({ type: 'append', request: this.#lastRequest, entries });
    });
  }

  /** Appends to logs of its own as an import does; false where it cannot do that now. */
  append(entries: readonly AppendEntry[]): boolean {
    if (!this.isUp || !this.ownLogs.isCertain) return false;
    this.#lastRequest += 1;
    try {
      this.step({ type: 'append', request: this.#lastRequest, entries });
      return true;
    } catch (error) {
      if (error instanceof SmoError) return false;
      throw error;
    }
  }

  seal(): void {
    this.ownLogs.append(() => {
      if (!this.isUp) return;
      this.#lastRequest += 1;
      this.#ask({ type: 'seal', request: this.#lastRequest });
    });
  }

  /** Hands an input to the engine, if the device is up, and does what follows. */
  step(input: UntimedInput): readonly EngineEffect[] {
    if (this.#engine === undefined) return [];
    const timed = { ...input, nowMs: this.nowMs } as EngineInput;
    const effects = this.#engine.step(timed);
    this.#place.watcher.stepped(this.number, timed, effects);
    for (const effect of effects) this.#effects?.perform(effect);
    if (this.#engine !== undefined) this.ownLogs.look(this.#engine);
    return effects;
  }

  /** Whether it waits for its disk. */
  get isAtWork(): boolean {
    return this.#atWork > 0;
  }

  /** Does something that takes a while, unless the device goes down meanwhile. */
  work(delayUs: number, then: () => void | Promise<void>): void {
    this.#atWork += 1;
    this.later(delayUs, () => {
      this.#atWork -= 1;
      return then();
    });
  }

  /** Does something after a while, unless the device has gone down meanwhile. */
  later(delayUs: number, then: () => void | Promise<void>): void {
    const run = this.#run;
    this.#place.agenda.after(delayUs, () => (run === this.#run ? then() : undefined));
  }

  /** Ticks when the clock shows so much; replaces what was set before. */
  tickAt(atMs: number): void {
    const { agenda } = this.#place;
    this.#timer += 1;
    const timer = this.#timer;
    this.later(this.#clock.whenUs(atMs, agenda.nowUs) - agenda.nowUs, () => {
      if (timer === this.#timer) this.step({ type: 'tick' });
    });
  }

  /** A gossip message has come; whether it is passed on. */
  hear(from: number, message: Uint8Array): boolean {
    this.#lastRequest += 1;
    const peer = this.#place.deviceOf(from);
    const effects = this.step({ type: 'gossip', request: this.#lastRequest, peer, message });
    return effects.some((effect) => effect.type === 'gossip-verdict' && effect.verdict === 'accept');
  }

  /** Notes that a log is written to no more, and goes on in another one if it was the main one. */
  retire({ origin, reason }: Extract<EngineEffect, { type: 'log-retired' }>): void {
    this.ownLogs.retire(origin);
    this.later(this.#planned.syncUs, () => {
      const { main } = this.ownLogs.notes;
      const next = origin === main ? this.identity.newLog() : main;
      this.ownLogs.noted(origin, reason, next);
      if (next !== main) this.step({ type: 'continue', origin: next });
      this.ownLogs.flush();
    });
  }

  /** The system brings what was written to the disk, sooner or later. */
  #writeBack(): void {
    this.later(WRITE_BACK_US, () => {
      this.disk.sync();
      this.#writeBack();
    });
  }

  get #place(): DeviceWorld {
    if (this.#world === undefined) throw new Error(`device ${this.number} is in no world`);
    return this.#world;
  }

  #ask(input: UntimedInput): void {
    try {
      this.step(input);
    } catch (error) {
      if (!(error instanceof SmoError)) throw error;
      // Who may not write, does not. A state that is being made anew is ready soon.
      if (error.code === 'rebuilding') this.later(TRY_AGAIN_US, () => this.#ask(input));
    }
  }
}
