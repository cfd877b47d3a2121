import type { PlacedEvent } from '../../protocol/event/index.ts';
import { type RunCrypto, type SimDevice, WORLD_BEGIN_MS } from '../device/index.ts';
import { type Fault, isStep, type Plan } from '../plan/index.ts';
import { coreOf, isConverged } from './convergence.ts';
import { unexpected } from './expectations.ts';
import { unlikeGit } from './git-oracle.ts';
import { HistoryPlayer } from './history-player.ts';
import { Lookout } from './lookout.ts';
import { operate } from './operations.ts';
import { type Outcome, outcomeOf, type RunViolation } from './outcome.ts';
import { Trouble } from './trouble.ts';
import type { Sighting } from './visibility.ts';
import { makeWorld, type World } from './world.ts';

/** Between two looks whether all are equal. */
const LOOK_US = 50_000;

/** How long what was asked for before all were equal may still come, in virtual time. */
const SETTLE_US = 20_000_000;

/** So many happenings later it is told again how far the run is. */
const TELL_AFTER = 1_000;

/** Most violations that are told: after so many a run comes to its end. */
const VIOLATIONS_MAX = 20;

/** What a run tells while it goes on. */
export interface RunListener {
  /** Virtual time has come so far; the run ends at the end of its phases at the latest. */
  progress?(nowUs: number): void;
  /** An event can first be seen on a device. */
  visible?(sighting: Sighting): void;
  /** A device has been told that events which it wrote in one go are safe, at this virtual time. */
  written?(device: number, events: readonly PlacedEvent[], atUs: number): void;
}

/** Runs a plan: the same plan has the same trace on any machine. */
export const runPlan = (plan: Plan, machine: RunCrypto, listener?: RunListener): Promise<Outcome> =>
  new Run(plan, machine, listener).run();

/** One run, from the founding of its space to the last look. */
class Run {
  readonly #plan: Plan;
  readonly #listener: RunListener | undefined;
  readonly #lookout: Lookout;
  readonly #world: World;
  readonly #player: HistoryPlayer;
  readonly #trouble: Trouble;
  readonly #violations: RunViolation[] = [];
  readonly #beganMs = performance.now();
  #hasThrown = false;
  #peakMemoryBytes = 0;

  constructor(plan: Plan, machine: RunCrypto, listener: RunListener | undefined) {
    this.#plan = plan;
    this.#listener = listener;
    const report = (violation: RunViolation): void => void this.#violations.push(violation);
    this.#lookout = new Lookout(machine, report, listener);
    this.#world = makeWorld(plan, machine, this.#lookout);
    this.#player = new HistoryPlayer(plan);
    this.#lookout.enter(this.#world, this.#player);
    this.#trouble = new Trouble(this.#world.devices, this.#world.network, {
      losing: (device) => {
        this.#lookout.checks.excuse(device);
        this.#player.losing(device);
      },
      rotten: (device, { origin, seq }) => this.#lookout.checks.rotten(device, origin, seq),
    });
  }

  async run(): Promise<Outcome> {
    const { setupUs, chaosUs, healUs, quietUs } = this.#plan.phases;
    await this.#setUp(setupUs);
    this.#schedule();
    await this.#until(chaosUs);
    const convergedAtUs = await this.#untilEqual(healUs);
    if (convergedAtUs !== null) await this.#beQuiet(quietUs);
    else if (!this.#hasThrown) this.#fail('L1', this.#unequal());
    if (!this.#isBroken) await this.#lookout.checks.finished(this.#core.map(({ number }) => number));
    if (!this.#hasThrown) await this.#expect();
    return outcomeOf({
      plan: this.#plan,
      world: this.#world,
      lookout: this.#lookout,
      core: this.#core,
      violations: this.#violations,
      convergedAtUs,
      wallMs: Math.round(performance.now() - this.#beganMs),
      peakMemoryBytes: this.#peakMemoryBytes,
    });
  }

  /** The founder lets all in, and all become equal. */
  async #setUp(endUs: number): Promise<void> {
    const { devices, founded } = this.#world;
    const founder = this.#device(0);
    await founder.start();
    founder.write([founded.founding], WORLD_BEGIN_MS);
    if (founded.admissions.length > 0) founder.write(founded.admissions);
    for (const device of devices) await device.start();
    await this.#until(endUs);
    if (!this.#hasThrown && !isConverged(coreOf(devices)))
      this.#fail('L1', 'the devices were not equal at the end of the setup');
  }

  #schedule(): void {
    const { agenda, devices } = this.#world;
    for (const operation of this.#plan.operations)
      if (!isStep(operation)) agenda.at(operation.atUs, () => operate(devices, operation));
    this.#player.begin(this.#world);
    for (const fault of this.#plan.faults) agenda.at(fault.atUs, () => this.#happen(fault));
  }

  async #happen(fault: Fault): Promise<void> {
    this.#lookout.trace.note(`${fault.atUs} ${JSON.stringify(fault)}`);
    this.#lookout.goals.happening(fault, this.#world.devices);
    await this.#trouble.happen(fault);
    this.#lookout.separated(this.#trouble.isParted);
  }

  async #untilEqual(endUs: number): Promise<number | null> {
    const { agenda } = this.#world;
    const { chaosUs } = this.#plan.phases;
    while (!this.#isDone()) {
      if (agenda.nowUs >= endUs || this.#isBroken) return null;
      await this.#until(Math.min(endUs, agenda.nowUs + LOOK_US));
      this.#lookout.look(this.#core);
    }
    return Math.max(this.#lookout.changedUs, chaosUs);
  }

  /** Whether all is written, and all devices of the core are equal. */
  #isDone(): boolean {
    if (!isConverged(this.#core)) return false;
    this.#player.settled();
    return this.#player.left === 0;
  }

  #unequal(): string {
    const { left } = this.#player;
    const rest = left === 0 ? '' : `, and ${left} steps of the history were not written`;
    return `the devices were not equal at the end of the time to heal${rest}`;
  }

  /** Nobody does anything. As soon as what is under way has come, nothing may move but what tells that nothing has to. */
  async #beQuiet(forUs: number): Promise<void> {
    await this.#until(this.#world.agenda.nowUs + SETTLE_US);
    this.#lookout.quiet(true);
    await this.#until(this.#world.agenda.nowUs + forUs);
    this.#lookout.quiet(false);
    this.#lookout.look(this.#core);
  }

  /** Lets everything happen up to a time. */
  async #until(endUs: number): Promise<void> {
    const { agenda } = this.#world;
    agenda.at(endUs, () => undefined);
    for (let count = 1; (agenda.nextUs ?? Number.POSITIVE_INFINITY) <= endUs && !this.#isBroken; count += 1) {
      await this.#happenNext();
      if (count % TELL_AFTER === 0) this.#listener?.progress?.(agenda.nowUs);
    }
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, process.memoryUsage.rss());
    this.#listener?.progress?.(agenda.nowUs);
  }

  /** An engine that throws has a bug, and its device is of no use any more: the run comes to its end. */
  async #happenNext(): Promise<void> {
    try {
      const done = this.#world.agenda.next()?.();
      if (done !== undefined) await done;
    } catch (error) {
      // What was thrown, and where.
      const [what = '', ...where] = (error instanceof Error && error.stack?.split('\n')) || [String(error)];
      this.#fail('error', [what, where[0]?.trim()].join(' '));
      this.#hasThrown = true;
    }
  }

  /** Looks for what the plan says must be found in the end. */
  async #expect(): Promise<void> {
    const [first] = this.#core;
    if (first === undefined) return;
    for (const message of unexpected(this.#plan.expected ?? {}, first)) this.#fail('expected', message);
    const { tree } = this.#plan;
    if (tree === undefined) return;
    for (const device of this.#core)
      for (const message of await unlikeGit(tree, device)) this.#fail('expected', message, device.number);
  }

  /** The devices that must become equal. */
  get #core(): readonly SimDevice[] {
    const { core } = this.#plan;
    return coreOf(core === undefined ? this.#world.devices : core.map((number) => this.#device(number)));
  }

  get #isBroken(): boolean {
    return this.#hasThrown || this.#violations.length >= VIOLATIONS_MAX;
  }

  #device(number: number): SimDevice {
    const device = this.#world.devices[number];
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device;
  }

  #fail(invariant: RunViolation['invariant'], message: string, device = 0): void {
    this.#violations.push({ invariant, atUs: this.#world.agenda.nowUs, device, message });
  }
}
