import {
  type EffectOf,
  type EngineEffect,
  readStoredRecords,
  storedAnswers,
  type UntimedInput,
  undamagedRecords,
} from '../../protocol/engine/index.ts';
import type { SimDisk } from '../disk/index.ts';
import type { PlannedDevice } from '../plan/index.ts';
import type { DeviceWorld } from './device-world.ts';

/** The device whose engine asks. */
export interface EffectDevice {
  readonly number: number;
  readonly disk: SimDisk;
  step(input: UntimedInput): void;
  /** Does something that takes a while, unless the device goes down meanwhile. */
  work(delayUs: number, then: () => void | Promise<void>): void;
  /** Ticks when the clock shows so much; replaces what was set before. */
  tickAt(atMs: number): void;
  /** A write has failed: its program ends. */
  fail(): void;
  /** A log is written to no more. */
  retire(effect: EffectOf<'log-retired'>): void;
}

/** Does what an engine asks for, on a virtual disk and in a virtual network. It decides nothing. */
export class EffectRunner {
  readonly #device: EffectDevice;
  readonly #planned: PlannedDevice;
  readonly #world: DeviceWorld;
  /** Keeps the tree that it has hashed last: a peer that compares segments asks for one node after the other. */
  readonly #answer: ReturnType<typeof storedAnswers>;

  constructor(device: EffectDevice, planned: PlannedDevice, world: DeviceWorld) {
    this.#device = device;
    this.#planned = planned;
    this.#world = world;
    this.#answer = storedAnswers(world.crypto, device.disk.ailing.records);
  }

  perform(effect: EngineEffect): void {
    const { network } = this.#world;
    const { number } = this.#device;
    switch (effect.type) {
      case 'send':
        this.#toPeer(effect.peer, (peer) => network.send(number, peer, effect.frame));
        break;
      case 'disconnect':
        this.#toPeer(effect.peer, (peer) => network.break(number, peer));
        break;
      case 'publish':
        network.publish(number, effect.message);
        break;
      case 'membership':
      case 'rebuilt':
        network.review(number);
        break;
      case 'commit':
        this.#commit(effect);
        break;
      case 'read-range':
        this.#readRange(effect);
        break;
      case 'read-records':
        this.#readRecords(effect);
        break;
      case 'read-answer':
        this.#readAnswer(effect);
        break;
      case 'restore':
        this.#restore(effect);
        break;
      case 'set-timer':
        this.#device.tickAt(effect.atMs);
        break;
      case 'log-retired':
        this.#device.retire(effect);
        break;
      case 'appended':
      case 'sealed':
      case 'applied':
      case 'gossip-verdict':
      case 'equivocation':
      case 'strike':
      case 'refused':
        // News, for whoever looks on.
        break;
    }
  }

  #toPeer(device: Parameters<DeviceWorld['numberOf']>[0], tell: (peer: number) => void): void {
    const peer = this.#world.numberOf(device);
    if (peer !== undefined) tell(peer);
  }

  /** In two steps: a loss of power between them may find the commit on the disk, or not. */
  #commit({ commit }: EffectOf<'commit'>): void {
    const { disk } = this.#device;
    const totalUs = commit.durable ? this.#planned.syncUs : this.#planned.readUs;
    const writingUs = Math.floor(totalUs / 2);
    // As in the node: there is nothing to wait for when no records or proofs were given.
    const isAwaited = commit.durable && commit.logs.length + commit.evidence.length > 0;
    this.#device.work(writingUs, () => {
      const fate = disk.ills.write();
      if (fate !== 'done') {
        if (fate === 'unsafe') disk.write(commit);
        this.#device.fail();
        return;
      }
      if (isAwaited) disk.begin(commit);
      else disk.write(commit);
      this.#device.work(totalUs - writingUs, () => {
        if (isAwaited) {
          disk.finish();
          this.#world.watcher.synced(this.#device.number);
        }
        this.#device.step({ type: 'committed', commit: commit.id });
      });
    });
  }

  #readRange({ peer, origin, segment, events }: EffectOf<'read-range'>): void {
    const { records } = this.#device.disk.ailing;
    this.#device.work(this.#planned.readUs, async () => {
      // What is damaged cannot be read.
      const range = await records.range(origin, segment, events).catch(() => undefined);
      this.#device.step({ type: 'range-read', peer, range });
    });
  }

  #readRecords(request: EffectOf<'read-records'>): void {
    const { origin, firstSeq } = request;
    const { disk } = this.#device;
    this.#device.work(this.#planned.readUs, async () => {
      const { records: store } = disk.ailing;
      const read = (from: number, count: number) => undamagedRecords(store, origin, from, count);
      const records = await readStoredRecords(read, request);
      this.#device.step({ type: 'records-read', origin, firstSeq, records });
    });
  }

  #readAnswer({ peer, question }: EffectOf<'read-answer'>): void {
    this.#device.work(this.#planned.readUs, () => {
      this.#device.step({ type: 'answer-read', peer, answer: this.#answer(question) });
    });
  }

  #restore({ segment: whole }: EffectOf<'restore'>): void {
    const { origin, segment } = whole.manifest;
    const { disk } = this.#device;
    this.#device.work(this.#planned.syncUs, () => {
      if (disk.ills.write() !== 'done') {
        this.#device.fail();
        return;
      }
      const restored = this.#restored(() => disk.restoreSegment(whole));
      this.#device.step({ type: 'repaired', origin, segment, restored });
    });
  }

  /** Whether a segment could be put back: not when the log is held another way by now. */
  #restored(restore: () => void): boolean {
    try {
      restore();
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
}
