import type {
  AppendEntry,
  EffectOf,
  Engine,
  EngineEffect,
  EngineInput,
  UntimedInput,
} from '../../protocol/engine/index.ts';
import { deviceOf, type EventDraft } from '../../protocol/event/index.ts';
import { type DiskImage, type PowerCut, SimDisk } from '../disk/index.ts';
import type { Draws } from '../draws/index.ts';
import type { PlannedDevice } from '../plan/index.ts';
import { isDamage } from './damage.ts';
import type { DeviceBackup } from './device-backup.ts';
import { DeviceRequests } from './device-requests.ts';
import { DeviceTimers } from './device-timers.ts';
import type { DeviceWorld } from './device-world.ts';
import { DiskPower } from './disk-power.ts';
import { type EffectDevice, EffectRunner } from './effect-runner.ts';
import type { Identity } from './identity.ts';
import { openEngine } from './open-engine.ts';
import { OwnLogs } from './own-logs.ts';
import { VirtualClock } from './virtual-clock.ts';

/** How long a device that starts waits for another one to tell how far it knows its logs. */
const OWN_LOGS_CHECK_US = 3_000_000;

/** After so long the system has written what nobody has waited for: the default of Linux. */
const WRITE_BACK_US = 30_000_000;

/** After so long a device whose program has failed is started again. */
const RESTART_US = 2_000_000;

/** Streams of draws for ill disks, apart from those of devices by their numbers alone. */
const ILLS = 0x2000_0000;

/** One device: the engine that ships, on a virtual disk and clock, in a virtual network. It decides nothing. */
export class SimDevice implements EffectDevice {
  readonly number: number;
  readonly identity: Identity;
  readonly disk: SimDisk;
  readonly ownLogs: OwnLogs;
  readonly #planned: PlannedDevice;
  readonly #clock: VirtualClock;
  readonly #power: DiskPower;
  readonly #timers: DeviceTimers;
  readonly #requests: DeviceRequests;
  #world: DeviceWorld | undefined;
  #effects: EffectRunner | undefined;
  #engine: Engine | undefined;
  /** Whether its power is on. Its program may have ended all the same. */
  #isPowered = false;
  /** Whether it is there: a clone is not before it gets what is on its disk. */
  #isThere: boolean;

  constructor(number: number, planned: PlannedDevice, identity: Identity, draws: Draws) {
    this.number = number;
    this.identity = identity;
    this.#planned = planned;
    this.#isThere = planned.cloneOf === undefined;
    this.#clock = new VirtualClock(planned.clockAheadMs, planned.clockDriftPpm);
    this.disk = new SimDisk(identity.newStoreId(), draws.stream('disk', ILLS + number));
    this.#power = new DiskPower(this.disk, draws, number);
    this.#timers = new DeviceTimers(number, () => this.#place.agenda);
    this.ownLogs = new OwnLogs(identity.newLog());
    this.#requests = new DeviceRequests(this, this.#timers);
  }

  /** Puts it into a world; before that it is a name only. */
  enter(world: DeviceWorld): void {
    this.#world = world;
    this.disk.ills.failed = (what) => world.watcher.showed(what);
  }

  /** The device whose clone it is. */
  get cloneOf(): number | undefined {
    return this.#planned.cloneOf;
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
    if (!this.#isThere) return;
    this.#isPowered = true;
    if (!this.isUp) await this.#boot();
  }

  /** The power goes off; if torn, the disk was writing in an order of its own. */
  crash(torn = false): PowerCut | undefined {
    if (!this.#isPowered) return undefined;
    this.#isPowered = false;
    if (this.isUp) this.#end('lose');
    const cut = this.#power.cut(torn, () => this.identity.newStoreId());
    // What its doctor makes of it: a log that has lost its end is not gone on with.
    for (const origin of cut.cut) {
      const { main } = this.ownLogs.notes;
      const isOwn = deviceOf(origin) === this.identity.signer.device;
      if (isOwn) this.ownLogs.noted(origin, 'behind', origin === main ? this.identity.newLog() : main);
    }
    return cut;
  }

  /** Its program ends; what it has written is there. It can be started again. */
  halt(): void {
    if (this.isUp) this.#end('leave');
  }

  /** Its program ends as it does when a write fails, and is started again after a while. */
  fail(): void {
    this.halt();
    const restart = this.#timers.unlessForgotten(async () => {
      if (this.#isPowered && !this.isUp) await this.#boot();
    });
    this.#place.agenda.after(RESTART_US, restart);
  }

  /** Copies what is on the disk, while nothing is being written. */
  backup(): DeviceBackup {
    return { disk: this.disk.copy(), notes: this.ownLogs.notes };
  }

  /** Puts a backup in the place of what is on the disk of a device that is down. */
  restore({ disk, notes }: DeviceBackup): void {
    this.#isThere = true;
    this.disk.restore(disk);
    this.ownLogs.restore(notes);
  }

  /** Puts what another disk holds on that of a device that was never started, which keeps its own store id. */
  provide(image: DiskImage): void {
    this.disk.restore({ ...image, storeId: this.disk.records.storeId });
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
    this.#requests.write(drafts, timestamp);
  }

  /** Appends to logs of its own as an import does; false where it cannot do that now. */
  append(entries: readonly AppendEntry[]): boolean {
    return this.#requests.append(entries);
  }

  seal(): void {
    this.#requests.seal();
  }

  /** A gossip message has come; whether it is passed on. */
  hear(from: number, message: Uint8Array): boolean {
    return this.#requests.hear(this.#place.deviceOf(from), message);
  }

  /** Hands an input to the engine, if the device is up, and does what follows. */
  step(input: UntimedInput): readonly EngineEffect[] {
    if (this.#engine === undefined) return [];
    const timed = { ...input, nowMs: this.nowMs } as EngineInput;
    const effects = this.#stepped(this.#engine, timed);
    if (effects === undefined) return [];
    this.#place.watcher.stepped(this.number, timed, effects);
    for (const effect of effects) this.#effects?.perform(effect);
    if (this.#engine !== undefined) this.ownLogs.look(this.#engine);
    return effects;
  }

  /** Whether it waits for its disk. */
  get isAtWork(): boolean {
    return this.#timers.isAtWork;
  }

  work(delayUs: number, then: () => void | Promise<void>): void {
    this.#timers.work(delayUs, then);
  }

  tickAt(atMs: number): void {
    const { nowUs } = this.#place.agenda;
    this.#timers.tick(this.#clock.whenUs(atMs, nowUs) - nowUs, () => void this.step({ type: 'tick' }));
  }

  /** What an engine makes of an input; undefined if it meets damage, which ends the program. */
  #stepped(engine: Engine, input: EngineInput): readonly EngineEffect[] | undefined {
    try {
      return engine.step(input);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.fail();
      return undefined;
    }
  }

  async #boot(): Promise<void> {
    const { crypto, work, space, genesis, agenda, network, watcher } = this.#place;
    const { signer } = this.identity;
    const { main: origin, retired } = this.ownLogs.notes;
    const { records, state } = this.disk.ailing;
    this.disk.reopen();
    this.#timers.begin();
    const stopAsking = this.#timers.unlessForgotten(() => this.ownLogs.stopAsking());
    const opened = await openEngine({
      crypto,
      work,
      signer,
      space,
      genesis,
      origin,
      retired,
      records,
      state,
    });
    if (opened === undefined) {
      this.fail();
      return;
    }
    this.#engine = opened.engine;
    // One for each run: what it remembers of the disk does not outlive the process.
    this.#effects = new EffectRunner(this, this.#planned, this.#place);
    this.ownLogs.begin(opened.engine, signer.device);
    watcher.opened(this.number, opened.image);
    this.step({ type: 'tick' });
    agenda.after(OWN_LOGS_CHECK_US, stopAsking);
    network.seek(this.number);
    this.#writeBack();
  }

  #end(how: 'lose' | 'leave'): void {
    this.#engine = undefined;
    this.#timers.end();
    this.#place.network[how](this.number);
  }

  /** Notes that a log is written to no more, and goes on in another one if it was the main one. */
  retire({ origin, reason }: EffectOf<'log-retired'>): void {
    this.ownLogs.retire(origin);
    this.#timers.later(this.#planned.syncUs, () => {
      if (this.disk.ills.write() !== 'done') {
        this.fail();
        return;
      }
      const { main } = this.ownLogs.notes;
      const next = origin === main ? this.identity.newLog() : main;
      this.ownLogs.noted(origin, reason, next);
      if (next !== main) this.step({ type: 'continue', origin: next });
      this.ownLogs.flush();
    });
  }

  /** The system brings what was written to the disk, sooner or later. */
  #writeBack(): void {
    this.#timers.later(WRITE_BACK_US, () => {
      this.disk.sync();
      this.#writeBack();
    });
  }

  get #place(): DeviceWorld {
    if (this.#world === undefined) throw new Error(`device ${this.number} is in no world`);
    return this.#world;
  }
}
