import type { IsLost } from '../checks/index.ts';
import type { RunCrypto, SimDevice } from '../device/index.ts';
import { type Fault, isStep, type Plan } from '../plan/index.ts';
import { Adversity } from './adversity.ts';
import { coreOf, isConverged, isKeptOutside, keepsAll } from './convergence.ts';
import { unexpected } from './expectations.ts';
import { unlikeGit } from './git-oracle.ts';
import { HistoryPlayer } from './history-player.ts';
import { LAST_WORD_US, LastWords } from './last-word.ts';
import type { RunListener } from './listener.ts';
import { Lookout } from './lookout.ts';
import { operate } from './operations.ts';
import { type Outcome, outcomeOf, type RunViolation } from './outcome.ts';
import { startDevices } from './start-devices.ts';
import { Telling } from './telling.ts';
import { Trouble } from './trouble.ts';
import { makeWorld, type RunMode, type World } from './world.ts';

/** Between two looks whether all are equal. */
const LOOK_US = 50_000;

/** How long what was asked for before all were equal may still come, in virtual time. */
const SETTLE_US = 20_000_000;

/** How long some device may keep less than it shows: many times what each may put it off for. */
const KEPT_US = 10_000_000;

/** So many happenings later it is told again how far the run is, and looked whether who says so is in sync. */
const TELL_AFTER = 1_000;

/** Pairs that are looked at then; the next ones the next time. */
const PAIRS_AT_ONCE = 32;

/** Most violations that are told, unless a run is given another number. */
const VIOLATIONS_MAX = 20;

/** How to run a plan, and who listens. */
export interface RunOptions extends RunListener {
  /** By default `exact`. */
  readonly mode?: RunMode;
  /** After so many violations the run ends. */
  readonly violationsMax?: number;
}

/** Runs a plan: the same plan has the same trace on any machine, and in any mode. */
export const runPlan = (plan: Plan, machine: RunCrypto, options: RunOptions = {}): Promise<Outcome> =>
  new Run(plan, machine, options).run();

/** One run, from the founding of its space to the last look. */
class Run {
  readonly #plan: Plan;
  readonly #listener: RunListener;
  readonly #lookout: Lookout;
  readonly #world: World;
  readonly #player: HistoryPlayer;
  readonly #trouble: Trouble;
  readonly #telling: Telling;
  readonly #violations: RunViolation[] = [];
  readonly #violationsMax: number;
  readonly #beganMs = performance.now();
  #hasThrown = false;
  #peakMemoryBytes = 0;

  /** Whether none of the devices that must become equal can give a record, and that is no fault of theirs. */
  readonly #isLost: IsLost = (origin, seq) => {
    const core = this.#core;
    const numbers = core.map(({ number }) => number);
    return isKeptOutside(core, origin, seq) || this.#lookout.checks.isLost(numbers, origin, seq);
  };

  constructor(plan: Plan, machine: RunCrypto, options: RunOptions) {
    this.#plan = plan;
    this.#listener = options;
    this.#violationsMax = options.violationsMax ?? VIOLATIONS_MAX;
    const report = (violation: RunViolation): void => this.#report(violation);
    this.#lookout = new Lookout(machine, report, options);
    this.#telling = new Telling(options);
    const watcher = this.#telling.watcherBeside(this.#lookout);
    this.#world = makeWorld(plan, machine, options.mode ?? 'exact', watcher);
    this.#player = new HistoryPlayer(plan);
    this.#lookout.enter(this.#world, this.#player);
    this.#telling.enter(this.#world);
    this.#trouble = new Trouble(this.#world, new Adversity(this.#world, this.#lookout), {
      losing: (device) => {
        this.#lookout.checks.excuse(device);
        this.#player.losing(device);
      },
      rotten: (device, { origin, seq }) => this.#lookout.checks.rotten(device, origin, seq),
      cut: (device, cut) => {
        this.#lookout.cut(device, cut);
        if (cut.isReordered || cut.broken.length > 0) this.#player.losing(device);
      },
    });
  }

  async run(): Promise<Outcome> {
    const { setupUs, chaosUs, healUs, quietUs } = this.#plan.phases;
    this.#telling.news({ type: 'phase', phase: 'setup' });
    await this.#setUp(setupUs);
    this.#telling.news({ type: 'phase', phase: 'chaos' });
    this.#schedule();
    await this.#until(chaosUs);
    this.#telling.news({ type: 'phase', phase: 'heal' });
    const convergedAt = await this.#untilEqual(healUs);
    if (convergedAt === null && !this.#hasThrown) this.#fail('L1', this.#unequal());
    if (convergedAt !== null) {
      if (this.#plan.expected?.lastWord) await this.#hearLastWords();
      await this.#beQuiet(quietUs);
    }
    await this.#untilKept();
    if (!this.#isBroken) await this.#lookout.checks.finished(this.#core.map(({ number }) => number));
    if (!this.#hasThrown) await this.#expect();
    if (!this.#hasThrown) this.#telling.end(this.#lookout.stretch);
    return outcomeOf({
      plan: this.#plan,
      world: this.#world,
      lookout: this.#lookout,
      core: this.#core,
      violations: this.#violations,
      convergedAt,
      wallMs: Math.round(performance.now() - this.#beganMs),
      peakMemoryBytes: this.#peakMemoryBytes,
    });
  }

  /** The founder lets all in, and all become equal. */
  async #setUp(endUs: number): Promise<void> {
    await startDevices(this.#world, this.#plan, () => this.#happenNext());
    await this.#until(endUs);
    if (!this.#hasThrown && !isConverged(coreOf(this.#world.devices), this.#isLost))
      this.#fail('L1', 'the devices were not equal at the end of the setup');
  }

  #schedule(): void {
    const { agenda, devices } = this.#world;
    for (const operation of this.#plan.operations) {
      if (isStep(operation)) continue;
      agenda.at(operation.atUs, () => {
        this.#telling.news({ type: 'operation', operation });
        return operate(devices, operation);
      });
    }
    this.#player.begin(this.#world);
    for (const fault of this.#plan.faults) agenda.at(fault.atUs, () => this.#happen(fault));
  }

  async #happen(fault: Fault): Promise<void> {
    this.#lookout.trace.note(`${fault.atUs} ${JSON.stringify(fault)}`);
    this.#lookout.goals.happening(fault, this.#world.devices);
    this.#telling.news({ type: 'fault', fault });
    if (fault.type === 'scramble') this.#lookout.scrambled();
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
    if (!isConverged(this.#core, this.#isLost)) return false;
    this.#player.settled();
    return this.#player.left === 0;
  }

  #unequal(): string {
    const { left } = this.#player;
    const rest = left === 0 ? '' : `, and ${left} steps of the history were not written`;
    return `the devices were not equal at the end of the time to heal${rest}`;
  }

  /** All that may write still can, and the others get that (L4). */
  async #hearLastWords(): Promise<void> {
    const { agenda } = this.#world;
    const words = new LastWords(this.#core);
    const endUs = agenda.nowUs + LAST_WORD_US;
    const isHeard = (): boolean => words.unheard() === undefined && isConverged(this.#core, this.#isLost);
    while (!isHeard() && agenda.nowUs < endUs && !this.#isBroken) {
      await this.#until(Math.min(endUs, agenda.nowUs + LOOK_US));
      this.#lookout.look(this.#core);
    }
    if (this.#isBroken || isHeard()) return;
    const unheard = words.unheard();
    if (unheard === undefined) {
      this.#fail('L1', 'the devices were not equal again after the last words');
      return;
    }
    const { speaker, listener } = unheard;
    this.#fail(
      'L4',
      `device ${speaker} may write, and what it wrote in the end has not come to device ${listener}`,
      speaker,
    );
  }

  /** Nobody does anything. As soon as what is under way has come, nothing may move but what tells that nothing has to. */
  async #beQuiet(forUs: number): Promise<void> {
    await this.#until(this.#world.agenda.nowUs + SETTLE_US);
    this.#telling.news({ type: 'phase', phase: 'quiet' });
    this.#lookout.quiet(true);
    await this.#until(this.#world.agenda.nowUs + forUs);
    this.#lookout.quiet(false);
    this.#lookout.look(this.#core);
  }

  /** All keep what they show, which may be put off for a moment while anybody sends them more. */
  async #untilKept(): Promise<void> {
    const { agenda, devices } = this.#world;
    const endUs = agenda.nowUs + KEPT_US;
    const behind = (): SimDevice | undefined => devices.find((device) => device.isUp && !keepsAll(device));
    while (behind() !== undefined && agenda.nowUs < endUs && !this.#isBroken)
      await this.#until(Math.min(endUs, agenda.nowUs + LOOK_US));
    const late = this.#isBroken ? undefined : behind();
    if (late === undefined) return;
    this.#fail('S7', `device ${late.number} keeps less than it shows, all the time`, late.number);
  }

  /** Lets everything happen up to a time. */
  async #until(endUs: number): Promise<void> {
    const { agenda } = this.#world;
    agenda.at(endUs, () => undefined);
    for (let count = 1; (agenda.nextUs ?? Number.POSITIVE_INFINITY) <= endUs && !this.#isBroken; count += 1) {
      this.#telling.before(agenda.nextUs ?? endUs);
      await this.#happenNext();
      if (count % TELL_AFTER !== 0) continue;
      this.#lookout.lookAtPairs(PAIRS_AT_ONCE);
      await this.#listener.progress?.(agenda.nowUs);
    }
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, process.memoryUsage.rss());
    await this.#listener.progress?.(agenda.nowUs);
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
    return this.#hasThrown || this.#violations.length >= this.#violationsMax;
  }

  #device(number: number): SimDevice {
    const device = this.#world.devices[number];
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device;
  }

  #fail(invariant: RunViolation['invariant'], message: string, device = 0): void {
    this.#report({ invariant, atUs: this.#world.agenda.nowUs, device, message });
  }

  #report(violation: RunViolation): void {
    this.#violations.push(violation);
    this.#telling.news({ type: 'violation', violation });
  }
}
