import type { Crypto, DeviceId } from '../../protocol/crypto/index.ts';
import {
  type EngineEffect,
  type EngineImage,
  type EngineInput,
  STRIKE_LIMITS,
} from '../../protocol/engine/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import { Checks, type Violation, type WatchedDevice } from '../checks/index.ts';
import type { SimDevice } from '../device/index.ts';
import type { PowerCut } from '../disk/index.ts';
import type { Goal } from '../plan/index.ts';
import { Goals } from './goals.ts';
import type { HistoryPlayer } from './history-player.ts';
import { OwedPayload } from './owed-payload.ts';
import { Stretch } from './stretch.ts';
import { Trace } from './trace.ts';
import { type Sighting, Visibility } from './visibility.ts';
import type { World, WorldWatcher } from './world.ts';

/** How long devices that can all reach each other may lack something of which nobody gets anything, in virtual time. */
const STALL_US = 120_000_000;

/** How often it is looked whether devices get on, in virtual time: often beside how long they may stand still. */
const PROGRESS_US = 1_000_000;

/** Who is told of events while a run goes on. */
export interface LookoutListener {
  visible?(sighting: Sighting): void;
  written?(device: number, events: readonly PlacedEvent[], atUs: number): void;
}

/** Sees everything that happens in a world, and makes of it the trace, the goals and the checks of a run. */
export class Lookout implements WorldWatcher {
  readonly trace: Trace;
  readonly goals = new Goals();
  readonly stretch = new Stretch();
  readonly #crypto: Crypto;
  readonly #report: (violation: Violation) => void;
  #world: World | undefined;
  #checks: Checks | undefined;
  #payload: OwedPayload | undefined;
  #player: Pick<HistoryPlayer, 'opened' | 'changed'> | undefined;
  /** When any device has committed anything last. */
  #changedUs = 0;
  #isParted = false;
  /** When it was looked last whether devices get on. */
  #progressUs = Number.NEGATIVE_INFINITY;
  #stallUs = STALL_US;
  /** Where the last look at some of the pairs has ended. */
  #pairsLookedAt = 0;
  #isQuiet = false;
  readonly #visibility: Visibility;
  readonly #listener: LookoutListener;

  /** @param listener is told when an event can first be seen on a device, and what was written */
  constructor(crypto: Crypto, report: (violation: Violation) => void, listener: LookoutListener = {}) {
    this.#crypto = crypto;
    this.#report = report;
    this.#listener = listener;
    this.#visibility = new Visibility((sighting) => {
      this.stretch.visible(sighting);
      listener.visible?.(sighting);
    });
    this.trace = new Trace(crypto);
  }

  /** Looks at a world, before anything has happened in it, and tells a player what he has to know. */
  enter(world: World, player: Pick<HistoryPlayer, 'opened' | 'changed'>): void {
    this.#player = player;
    const { agenda, devices, dishonest, founded, outside } = world;
    this.#world = world;
    const idsOf = (numbers: ReadonlySet<number>): ReadonlySet<DeviceId> =>
      new Set(
        devices.flatMap(({ number, identity }) => (numbers.has(number) ? [identity.signer.device] : [])),
      );
    this.#payload = new OwedPayload({ dishonest: idsOf(dishonest), outside: idsOf(outside) });
    this.#checks = new Checks({
      devices: devices.map(watched),
      crypto: this.#crypto,
      space: founded.space,
      founding: founded.event,
      nowUs: () => agenda.nowUs,
      report: this.#report,
    });
  }

  get checks(): Checks {
    return this.#checks ?? expect();
  }

  get changedUs(): number {
    return this.#changedUs;
  }

  opened(device: number, image: EngineImage): void {
    this.goals.opened(device, image);
    this.checks.opened(device, image);
    this.#player?.opened(device);
  }

  stepped(number: number, input: EngineInput, effects: readonly EngineEffect[]): void {
    const { agenda, devices, outside } = this.#world ?? expect();
    this.trace.step(agenda.nowUs, number, input, effects);
    this.checks.input(number, input);
    for (const effect of effects) {
      this.checks.effect(number, effect);
      this.#visibility.effect(number, effect, agenda.nowUs);
      if (effect.type === 'appended') this.#listener.written?.(number, effect.events, agenda.nowUs);
      if (this.#isQuiet && effect.type === 'send' && !outside.has(number))
        this.checks.payload(number, this.#payload?.of(number, effect) ?? 0);
    }
    this.checks.stepped(number);
    if (input.type === 'committed') {
      this.#changedUs = agenda.nowUs;
      this.#player?.changed(number);
    }
    const device = devices[number];
    if (device !== undefined) this.goals.stepped(device, input, effects, this.#isParted);
  }

  synced(device: number): void {
    this.checks.synced(device);
  }

  showed(goal: Goal): void {
    this.goals.showed(goal);
  }

  /** A loss of power has taken this of the disk of a device. */
  cut(device: number, { isTorn, isReordered, broken }: PowerCut): void {
    if (isTorn) this.goals.showed('write-torn');
    if (isReordered) this.goals.showed('writes-reordered');
    if (broken.length > 0) this.goals.showed('promised-write-lost');
    for (const { origin, seq } of broken) this.checks.betrayed(device, origin, seq);
  }

  parted(number: number, peer: number): void {
    const { devices } = this.#world ?? expect();
    const [device, other] = [devices[number], devices[peer]];
    if (device && other) this.goals.parted(device, other.identity.signer.device);
  }

  /** Whether some devices cannot reach each other from now on. */
  separated(isParted: boolean): void {
    this.#isParted = isParted;
  }

  /** Frames come in no order. Devices hold that against each other, and may ask each other nothing for a while. */
  scrambled(): void {
    this.#stallUs = STALL_US + STRIKE_LIMITS.servedOnlyMs * 1_000;
  }

  /** From now on, or no more, nothing should have to move. */
  quiet(isQuiet: boolean): void {
    this.#isQuiet = isQuiet;
    this.checks.quiet(isQuiet ? 'begin' : 'end');
  }

  /** To be called now and then while nothing is wrong: devices of the core get on, and none claims to be equal that is not. */
  look(core: readonly SimDevice[]): void {
    const { nowUs } = (this.#world ?? expect()).agenda;
    if (nowUs - this.#progressUs >= PROGRESS_US) {
      this.#progressUs = nowUs;
      this.checks.connected(
        core.map(({ number }) => number),
        this.#stallUs,
      );
    }
    this.#pairsLookedAt = 0;
    this.lookAtPairs();
  }

  /**
   * To be called now and then: no two devices claim to be equal that are not.
   * @param max pairs to look at; the next ones are looked at the next time
   */
  lookAtPairs(max = Number.POSITIVE_INFINITY): void {
    const { devices, dishonest, network } = this.#world ?? expect();
    let at = 0;
    for (const [a, b] of network.idle()) {
      at += 1;
      if (at <= this.#pairsLookedAt || dishonest.has(a) || dishonest.has(b)) continue;
      if (at > this.#pairsLookedAt + max) {
        this.#pairsLookedAt = at - 1;
        return;
      }
      if (devices[a]?.isAtWork === false && devices[b]?.isAtWork === false) this.checks.idle(a, b);
    }
    this.#pairsLookedAt = 0;
  }
}

const expect = (): never => {
  throw new Error('there is no world to look at');
};

const watched = (device: SimDevice): WatchedDevice => ({
  number: device.number,
  device: device.identity.signer.device,
  records: device.disk.records,
  state: device.disk.state,
  rows: device.disk.rows,
  get isUp() {
    return device.isUp;
  },
  get nowMs() {
    return device.nowMs;
  },
  get engine() {
    return device.engine;
  },
});
