import type { Crypto } from '../../protocol/crypto/index.ts';
import {
  type Commit,
  ENGINE_LIMITS,
  type EngineEffect,
  type EngineImage,
  type EngineInput,
} from '../../protocol/engine/index.ts';
import { deviceOf, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import { GOSSIP_LIMITS, SYNC_LIMITS } from '../../protocol/sync/index.ts';
import { CausalOrder } from './causal-order.ts';
import { Copies } from './copies.ts';
import { EqualStates, StateTables } from './equal-states.ts';
import { ForkVerdicts } from './fork-verdicts.ts';
import { Histories } from './histories.ts';
import { InSync } from './in-sync.ts';
import { checkKept, checkMended, checkReturned } from './kept.ts';
import { addTo, noLanes } from './lanes.ts';
import { Losses } from './losses.ts';
import { checkAgainstOracle } from './oracle-check.ts';
import { Progress } from './progress.ts';
import { ToldFrontier } from './told-frontier.ts';
import { UnderWay } from './under-way.ts';
import type { Note, Violation } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** What checks need of a run. */
export interface ChecksOptions {
  readonly devices: readonly WatchedDevice[];
  readonly crypto: Crypto;
  readonly space: SpaceId;
  /** The first event of the space. */
  readonly founding: PlacedEvent;
  /** Virtual time. */
  nowUs(): number;
  report(violation: Violation): void;
}

/** All that is known of one device. */
interface Watched {
  readonly device: WatchedDevice;
  readonly copies: Copies;
  readonly states: EqualStates;
  readonly frontier: ToldFrontier;
  readonly underWay: UnderWay;
}

/**
 * Holds a run to its invariants while it goes on. It is told of what happens, looks at engines from outside, and
 * changes nothing. For each step of an engine, in this order: `input`, `effect` for each effect, before it is performed,
 * and `stepped` after the last one.
 *
 * A call costs as much as what it is told of, or as there are logs; `finished` alone looks at everything.
 */
export class Checks {
  readonly #options: ChecksOptions;
  readonly #histories: Histories;
  readonly #watched: ReadonlyMap<number, Watched>;
  readonly #order: CausalOrder;
  readonly #forks: ForkVerdicts;
  readonly #inSync = new InSync();
  readonly #losses = new Losses();
  readonly #progress: Progress;
  readonly #note: Note;

  constructor(options: ChecksOptions) {
    const { crypto, devices, space } = options;
    this.#options = options;
    this.#note = (invariant, device, message) =>
      options.report({ invariant, atUs: options.nowUs(), device, message: `device ${device} ${message}` });
    this.#histories = new Histories(crypto);
    this.#order = new CausalOrder(this.#histories, this.#note);
    this.#forks = new ForkVerdicts(crypto, space, this.#histories, this.#note);
    this.#progress = new Progress(options.nowUs, this.#note);
    const tables = new StateTables();
    this.#watched = new Map(devices.map((device) => [device.number, this.#watch(device, tables)]));
  }

  /** An engine is handed something: the first of what is told of a step. */
  input(number: number, input: EngineInput): void {
    const { device, underWay } = this.#of(number);
    underWay.input(input);
    if (input.type === 'committed') this.#inSync.changed(device);
  }

  /** An engine asks for something. */
  effect(number: number, effect: EngineEffect): void {
    const tooMuch = this.#of(number).underWay.effect(effect);
    if (tooMuch !== undefined) this.#bound(number, tooMuch.count, tooMuch.max, tooMuch.what);
    switch (effect.type) {
      case 'commit':
        this.committing(number, effect.commit);
        this.#of(number).states.committing(effect.commit);
        break;
      case 'restore':
        this.#of(number).copies.restoring(effect.segment);
        break;
      case 'applied':
        this.applied(number, effect.event);
        break;
      case 'appended':
        this.acknowledged(number, effect.events);
        break;
      case 'equivocation':
        this.#forks.proved(number, effect);
        break;
      case 'send':
        this.#bound(number, effect.frame.length, SYNC_LIMITS.frameBytesMax, 'bytes in a frame');
        break;
      case 'publish':
        this.#bound(number, effect.message.length, GOSSIP_LIMITS.messageBytesMax, 'bytes of gossip');
        break;
      case 'read-records':
        this.#bound(number, effect.count, ENGINE_LIMITS.readEventsMax, 'records to be read');
        this.#bound(number, effect.bytesMax, ENGINE_LIMITS.readBytesMax, 'bytes to be read');
        break;
    }
  }

  /** Records are to be written. Of a device's own logs they are known from here on (S3, S8). */
  committing(number: number, commit: Pick<Commit, 'logs'>): void {
    const { copies, device } = this.#of(number);
    copies.committing(commit);
    this.#inSync.changed(device);
    const { engine } = device;
    // While members are found out anew, or are fewer for a fork, what was accepted before is still on its way.
    if (engine.rebuilding !== undefined || !isEmpty(engine.forks())) return;
    for (const { origin } of commit.logs) {
      if (copies.isOwn(origin) || engine.membership.accepts(origin)) continue;
      this.#note('S8', number, `takes in ${origin}, though nothing says that its device may write`);
    }
  }

  /**
   * Somebody has written records on purpose that no engine would: what a forger signs.
   * @param events how many of them are events, as far as that is known without asking what is to be checked
   */
  forged(origin: Origin, firstSeq: number, records: readonly Uint8Array[], events = records.length): void {
    const log = this.#histories.log(origin);
    this.#forks.suspect(deviceOf(origin));
    this.#histories.doubt(log);
    let nodes = [log.start];
    for (let seq = 1; seq < firstSeq; seq += 1) nodes = nodes.flatMap(({ after }) => after);
    for (const [i, record] of records.entries()) {
      nodes = nodes.map((node) => this.#histories.write(node, record));
      for (const node of nodes) node.isReadable = i < events;
    }
  }

  /** An append was answered (S4). What it wrote has been on the disk before, as `synced` says. */
  acknowledged(number: number, events: readonly PlacedEvent[]): void {
    this.#of(number).copies.acknowledged(events);
  }

  /** An event is told as applied (S3, S5, S12). */
  applied(number: number, event: PlacedEvent): void {
    const { copies, device } = this.#of(number);
    this.#order.applied(device, copies, event);
  }

  /** An engine has done a step (S1, S6, S8, S11). */
  stepped(number: number): void {
    const { frontier, states } = this.#of(number);
    states.look();
    frontier.stepped();
  }

  /** The disk says that all it was given is safe: after a durable commit, before the engine is told of it. */
  synced(number: number): void {
    this.#of(number).copies.synced();
  }

  /** An engine was made of this image, which is what the disk holds, and has done no step yet (S4, S6). */
  opened(number: number, image: Pick<EngineImage, 'tails' | 'damaged' | 'state'>): void {
    const { copies, device, frontier, states, underWay } = this.#of(number);
    underWay.opened();
    this.#inSync.changed(device);
    copies.opened(image);
    states.opened();
    frontier.opened();
    frontier.look();
  }

  /**
   * Between now and when it is opened next, the disk of a device loses what it had, or gets back what it once had. What
   * it has acknowledged is owed by those who held it, and it may come to sign second histories of its logs.
   */
  excuse(number: number): void {
    const { copies, device } = this.#of(number);
    copies.excuse();
    this.#forks.suspect(device.device);
  }

  /**
   * The disk of a device, which is down, has lost a log from a seq on, though it had said of it that it was safe. What it
   * has acknowledged of that is owed by those who held it; of everything else nothing is excused.
   */
  betrayed(number: number, origin: Origin, seq: number): void {
    const { copies } = this.#of(number);
    copies.betrayed(origin, seq);
    this.#losses.destroyed(origin, seq);
    if (!copies.isOwn(origin)) return;
    this.#forks.suspect(deviceOf(origin));
    this.#histories.doubt(this.#histories.log(origin));
  }

  /** The disk of a device gives back something else for one record from now on: that it holds it so is no fault of its own. */
  rotten(number: number, origin: Origin, seq: number): void {
    this.#of(number).copies.rot(origin, seq);
    this.#losses.destroyed(origin, seq);
  }

  /** Nothing is under way between two connected devices, nor within them (S9). */
  idle(a: number, b: number): void {
    const difference = this.#inSync.difference(this.#of(a).device, this.#of(b).device);
    if (difference !== undefined)
      this.#note('S9', a, `and device ${b} say that they are in sync: ${difference}`);
  }

  /** A device sends records, not counting what is around them (L2). */
  payload(number: number, bytes: number): void {
    this.#progress.payload(number, bytes);
  }

  /** From `begin` on all are equal, and no records may move. */
  quiet(edge: 'begin' | 'end'): void {
    this.#progress.quiet(edge === 'begin');
  }

  /** Whether a disk has destroyed a record that none of these devices can give. */
  isLost(core: readonly number[], origin: Origin, seq: number): boolean {
    return this.#losses.isLost(
      origin,
      seq,
      core.map((number) => this.#of(number).device),
    );
  }

  /**
   * These devices are up and can all reach each other; to be called now and then (L3).
   * @param stallUs how long all may stand still while one lacks something
   * @returns how many events are missing, of all together
   */
  connected(core: readonly number[], stallUs: number): number {
    return this.#progress.connected(
      core.map((number) => this.#of(number).device),
      stallUs,
      (origin, seq) => this.isLost(core, origin, seq),
    );
  }

  /** The core is no longer whole. */
  parted(): void {
    this.#progress.parted();
  }

  /**
   * The run is over, and nothing is under way: looks at every device that is up (S2, S3, S4, S6, S7, S10).
   * @param core devices that have had time to get what they lack; by default all that are up
   */
  async finished(core?: readonly number[]): Promise<void> {
    const up = [...this.#watched.values()].filter(({ device }) => device.isUp);
    for (const { frontier } of up) frontier.look();
    this.#forks.compare(up.map(({ device }) => device));
    const inCore = new Set(core ?? up.map(({ device }) => device.number));
    for (const { device, copies } of up) {
      checkKept(device, copies, this.#note);
      await this.#forks.lookAtDisk(device);
      if (!inCore.has(device.number)) continue;
      checkReturned(device, copies, () => this.#others(device), this.#note);
      const helpers = (): readonly Copies[] =>
        up
          .filter((other) => other.device !== device && inCore.has(other.device.number))
          .map((other) => other.copies);
      checkMended(device, helpers, this.#note);
    }
    const done = new Set<string>();
    for (const { device, copies } of up) {
      const key = noLanes();
      for (const { tail } of copies.all()) if (tail.seq > 0) addTo(key, tail.number, 0);
      for (const { origin, seq } of device.engine.forks())
        addTo(key, this.#histories.log(origin).number, seq);
      const text = `${key.a} ${key.b} ${device.engine.replica.digest.toHex()}`;
      if (done.has(text)) continue;
      done.add(text);
      await checkAgainstOracle(device, copies, this.#histories, this.#options.founding, this.#note);
    }
  }

  #watch(device: WatchedDevice, tables: StateTables): Watched {
    const copies = new Copies(device, this.#histories, this.#note);
    const states = new EqualStates(device, copies, this.#histories, tables, this.#note);
    const frontier = new ToldFrontier(device, copies, this.#note);
    return { device, copies, states, frontier, underWay: new UnderWay() };
  }

  #others(device: WatchedDevice): readonly Copies[] {
    return [...this.#watched.values()].filter((other) => other.device !== device).map(({ copies }) => copies);
  }

  #of(number: number): Watched {
    const watched = this.#watched.get(number);
    if (watched === undefined) throw new RangeError(`there is no device ${number}`);
    return watched;
  }

  #bound(number: number, count: number, max: number, what: string): void {
    if (count > max) this.#note('S11', number, `${count} ${what}, at most ${max}`);
  }
}

const isEmpty = (all: Iterable<unknown>): boolean => {
  for (const _ of all) return false;
  return true;
};
