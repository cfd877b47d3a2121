import type { EngineEffect, EngineInput } from '../../protocol/engine/index.ts';
import { Checks } from '../checks/index.ts';
import { type RunCrypto, type SimDevice, WORLD_BEGIN_MS } from '../device/index.ts';
import type { Plan } from '../plan/index.ts';
import { coreOf, isConverged } from './convergence.ts';
import { unexpected } from './expectations.ts';
import { Goals } from './goals.ts';
import { operate } from './operations.ts';
import type { Outcome, RunViolation } from './outcome.ts';
import { Trace } from './trace.ts';
import { Trouble } from './trouble.ts';
import { makeWorld, type World, type WorldWatcher } from './world.ts';

/** Between two looks whether all are equal. */
const LOOK_US = 50_000;

/** Most violations that are told: after so many a run comes to its end. */
const VIOLATIONS_MAX = 20;

/** What a run tells while it goes on. */
export interface RunListener {
  /** Virtual time has come so far; the run ends at the end of its phases at the latest. */
  progress(nowUs: number): void;
}

/** Runs a plan: the same plan has the same trace on any machine. */
export const runPlan = (plan: Plan, machine: RunCrypto, listener?: RunListener): Promise<Outcome> =>
  new Run(plan, machine, listener).run();

class Run implements WorldWatcher {
  readonly #plan: Plan;
  readonly #listener: RunListener | undefined;
  readonly #world: World;
  readonly #trace: Trace;
  readonly #goals = new Goals();
  readonly #trouble: Trouble;
  readonly #checks: Checks;
  readonly #violations: RunViolation[] = [];
  readonly #beganMs = performance.now();
  /** When any device has applied, or come to hold, anything last. */
  #changedUs = 0;
  #peakMemoryBytes = 0;

  constructor(plan: Plan, machine: RunCrypto, listener: RunListener | undefined) {
    this.#plan = plan;
    this.#listener = listener;
    this.#trace = new Trace(machine);
    this.#world = makeWorld(plan, machine, this);
    const { agenda, devices, network, founded } = this.#world;
    this.#trouble = new Trouble(devices, network, { lost: (device) => this.#checks.excuse(device) });
    this.#checks = new Checks({
      devices: devices.map((device) => watched(device)),
      crypto: machine,
      space: founded.space,
      nowUs: () => agenda.nowUs,
      report: (violation) => this.#violations.push(violation),
    });
  }

  async run(): Promise<Outcome> {
    const { setupUs, chaosUs, healUs, quietUs } = this.#plan.phases;
    await this.#setUp(setupUs);
    this.#schedule();
    await this.#until(chaosUs);
    const convergedAtUs = await this.#untilEqual(healUs);
    if (convergedAtUs === null) this.#fail('L1', 'the devices were not equal at the end of the time to heal');
    else await this.#beQuiet(quietUs);
    await this.#checks.finished();
    this.#expect();
    return this.#outcome(convergedAtUs);
  }

  opened(device: number): void {
    this.#goals.opened(device);
    this.#checks.opened(device);
  }

  stepped(number: number, input: EngineInput, effects: readonly EngineEffect[]): void {
    const { agenda } = this.#world;
    const device = this.#device(number);
    this.#trace.step(agenda.nowUs, number, input, effects);
    for (const effect of effects) {
      if (effect.type === 'appended') this.#checks.acknowledged(number, effect.events);
      else if (effect.type === 'applied') this.#checks.applied(number, effect.event);
    }
    if (input.type === 'committed') {
      this.#changedUs = agenda.nowUs;
      this.#checks.stepped(number);
    }
    this.#goals.stepped(device, input, effects, this.#trouble.isParted);
  }

  synced(device: number): void {
    this.#checks.synced(device);
  }

  parted(device: number, peer: number): void {
    this.#goals.parted(this.#device(device), this.#device(peer).identity.signer.device);
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
    if (!isConverged(coreOf(devices))) this.#fail('L1', 'the devices were not equal at the end of the setup');
  }

  #schedule(): void {
    const { agenda, devices } = this.#world;
    for (const operation of this.#plan.operations)
      agenda.at(operation.atUs, () => operate(devices, operation));
    for (const fault of this.#plan.faults) {
      agenda.at(fault.atUs, () => {
        this.#trace.note(`${fault.atUs} ${JSON.stringify(fault)}`);
        this.#goals.happening(fault, devices);
        return this.#trouble.happen(fault);
      });
    }
  }

  async #untilEqual(endUs: number): Promise<number | null> {
    const { agenda } = this.#world;
    while (agenda.nowUs < endUs && !this.#isBroken) {
      if (isConverged(this.#core)) return Math.max(this.#changedUs, this.#plan.phases.chaosUs);
      await this.#until(Math.min(endUs, agenda.nowUs + LOOK_US));
    }
    return isConverged(this.#core) ? this.#changedUs : null;
  }

  /** Nobody does anything, and nothing may move but what tells that nothing has to. */
  async #beQuiet(forUs: number): Promise<void> {
    const { agenda } = this.#world;
    this.#checks.quiet(true);
    await this.#until(agenda.nowUs + forUs);
    this.#checks.quiet(false);
  }

  /** Lets everything happen up to a time. */
  async #until(endUs: number): Promise<void> {
    const { agenda } = this.#world;
    agenda.at(endUs, () => undefined);
    while ((agenda.nextUs ?? Number.POSITIVE_INFINITY) <= endUs && !this.#isBroken) {
      const done = agenda.next()?.();
      if (done !== undefined) await done;
    }
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, process.memoryUsage.rss());
    this.#listener?.progress(agenda.nowUs);
  }

  /** Looks for what the plan says must be found in the end. */
  #expect(): void {
    const [first] = this.#core;
    if (first === undefined) return;
    for (const message of unexpected(this.#plan.expected ?? {}, first)) this.#fail('expected', message);
  }

  /** The devices that must become equal. */
  get #core(): readonly SimDevice[] {
    const { core } = this.#plan;
    const { devices } = this.#world;
    return coreOf(core === undefined ? devices : core.map((number) => this.#device(number)));
  }

  get #isBroken(): boolean {
    return this.#violations.length >= VIOLATIONS_MAX;
  }

  #device(number: number): SimDevice {
    const device = this.#world.devices[number];
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device;
  }

  #fail(invariant: RunViolation['invariant'], message: string): void {
    this.#violations.push({ invariant, atUs: this.#world.agenda.nowUs, device: 0, message });
  }

  #outcome(convergedAtUs: number | null): Outcome {
    const { agenda, devices, network } = this.#world;
    const missed = this.#goals.missed(this.#plan.goals);
    const core = this.#core;
    const digests = [...new Set(core.map(({ engine }) => engine.replica.digest.toHex()))];
    const replica = core[0]?.engine.replica;
    const failed = this.#violations.length > 0;
    return {
      verdict: failed ? 'fail' : missed.length > 0 ? 'unknown' : 'pass',
      name: this.#plan.name,
      seed: this.#plan.seed,
      traceHash: this.#trace.hash(),
      peers: devices.length,
      events: replica?.appliedCount ?? 0,
      convergedAtUs,
      messages: network.frames,
      bytes: network.bytes,
      steps: this.#trace.steps,
      conflicts: {
        open: replica?.counts.openConflicts ?? 0,
        closed: replica?.counts.closedConflicts ?? 0,
      },
      excluded: replica?.counts.excluded ?? 0,
      digest: digests[0] ?? null,
      digests,
      violations: this.#violations,
      missed,
      virtualUs: agenda.nowUs,
      wallMs: Math.round(performance.now() - this.#beganMs),
      peakMemoryBytes: this.#peakMemoryBytes,
    };
  }
}

const watched = (device: SimDevice) => ({
  number: device.number,
  device: device.identity.signer.device,
  get isUp() {
    return device.isUp;
  },
  get engine() {
    return device.engine;
  },
});
