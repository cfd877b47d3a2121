import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '../../node/api/index.ts';
import { collected } from '../../test/support/collected.ts';
import { difference } from '../../test/support/mesh-device.ts';
import { until } from '../../test/support/until.ts';
import { Draws } from '../draws.ts';
import { isCutOff, isTooEarly } from './cut-off.ts';
import { type FaultCounts, troubleDevice, troubleTrunk } from './faults.ts';
import { receiveGuests } from './guests.ts';
import { judgeMemory, type MemorySample } from './memory.ts';
import type { SoakOptions } from './options.ts';
import { Pace } from './pace.ts';
import { clock, type DeviceOutcome, megabytes } from './report.ts';
import type { Rig, Station } from './rig.ts';
import { takeTurn } from './workload.ts';

/** Most time between the end of all trouble and equal digests, in ms; a lost peer is dialled again after 60 s. */
const HEAL_TIMEOUT_MS = 120_000;

/** Longest pause between two turns of a device. */
const TURN_GAP_MS = 1_000;

/** Seconds between two calms, in which all must become equal. */
const CALM_GAP_S = [90, 180] as const;

/** Between two looks at the memory, and two lines of the report. */
const SAMPLE_MS = 15_000;
const LINE_MS = 60_000;

/** Lets a rig live in trouble for a while, and looks at what becomes of it. */
export class Soak {
  readonly #options: SoakOptions;
  readonly #rig: Rig;
  readonly #print: (line: string) => void;
  readonly #end = new AbortController();
  readonly #pace = new Pace(this.#end.signal);
  readonly #faults: FaultCounts = new Map();
  /** Length of each log that its device has acknowledged. */
  readonly #acknowledged = new Map<string, number>();
  readonly #samples = new Map<Station, MemorySample[]>();
  readonly #beganMs = performance.now();
  #interrupted = false;

  constructor(options: SoakOptions, rig: Rig, print: (line: string) => void) {
    this.#options = options;
    this.#rig = rig;
    this.#print = print;
  }

  /**
   * Runs to the end.
   * @throws Error when something happens that must not
   */
  async run(): Promise<readonly DeviceOutcome[]> {
    const { stations } = this.#rig;
    const lengthMs = this.#options.minutes * 60_000;
    const timer = setTimeout(() => this.#end.abort(), lengthMs);
    try {
      const actors = await Promise.allSettled([
        ...stations.map((station) => this.#guard(this.#writing(station))),
        ...stations.map((station) => this.#guard(this.#troubled(station))),
        this.#guard(troubleTrunk(this.#rig, this.#draws('trunk'), this.#pace, this.#faults)),
        this.#guard(receiveGuests(this.#rig, this.#draws('guests'), this.#pace, this.#faults)),
        this.#guard(this.#calming()),
        this.#guard(this.#sampling()),
        this.#guard(this.#telling()),
      ]);
      // Only when all have come to their end: whoever goes on would start what is being ended.
      for (const actor of actors) if (actor.status === 'rejected') throw actor.reason;
      if (this.#interrupted) throw new Error('interrupted');
      await this.#heal();
      await this.#tell();
      this.#assertKept(await this.#statuses());
      return await this.#outcomes(lengthMs);
    } finally {
      clearTimeout(timer);
      this.#end.abort();
    }
  }

  /** How often each thing has happened to the devices. */
  get faults(): FaultCounts {
    return this.#faults;
  }

  /** Comes to the end early; nothing is judged then. */
  interrupt(): void {
    this.#interrupted = true;
    this.#end.abort();
  }

  #draws(concern: string): Draws {
    return new Draws(this.#options.seed, concern);
  }

  /** One that fails ends all. */
  async #guard(actor: Promise<void>): Promise<void> {
    try {
      await actor;
    } catch (error) {
      this.#end.abort();
      throw error;
    }
  }

  async #writing(station: Station): Promise<void> {
    const draws = this.#draws(`${station.device.name} writes`);
    while (!this.#pace.isOver) {
      await this.#pace.pause(draws.between(0, TURN_GAP_MS));
      await this.#pace.turn(() => this.#write(station, draws));
    }
  }

  async #write({ device }: Station, draws: Draws): Promise<void> {
    if (!device.isUp) return;
    try {
      for (const { origin, seq } of await takeTurn(device, draws)) {
        this.#acknowledged.set(origin, Math.max(seq, this.#acknowledged.get(origin) ?? 0));
      }
    } catch (error) {
      if (!isCutOff(error) && !isTooEarly(error)) throw error;
    }
  }

  #troubled(station: Station): Promise<void> {
    const draws = this.#draws(`${station.device.name} suffers`);
    return troubleDevice(this.#rig, station, draws, this.#pace, this.#faults);
  }

  /** Now and then all trouble ends, and all must become equal. */
  async #calming(): Promise<void> {
    const draws = this.#draws('calm');
    while (!this.#pace.isOver) {
      await this.#pace.pause(draws.between(...CALM_GAP_S) * 1_000);
      if (!this.#pace.isOver) await this.#pace.calm(() => this.#heal());
    }
  }

  /** To be called in a calm, when nothing is wrong any more. */
  async #heal(): Promise<void> {
    const beganMs = performance.now();
    const devices = this.#rig.stations.map(({ device }) => device);
    await until('all hold the same', () => difference(devices), { timeoutMs: HEAL_TIMEOUT_MS });
    const tookS = (performance.now() - beganMs) / 1_000;
    this.#print(`${this.#clock}  all trouble ended, equal after ${tookS.toFixed(1)} s`);
  }

  async #sampling(): Promise<void> {
    while (!this.#pace.isOver) {
      await delay(SAMPLE_MS, undefined, { signal: this.#end.signal }).catch(() => undefined);
      for (const station of this.#rig.stations) await this.#sample(station);
    }
  }

  async #sample(station: Station): Promise<void> {
    const { device, spared } = station;
    if (device.crash !== undefined) throw new Error(device.crash);
    if (!spared) return;
    const { events } = await device.api.status();
    const samples = this.#samples.get(station) ?? [];
    const memory = await collected(device);
    const atMs = performance.now() - this.#beganMs;
    this.#samples.set(station, [...samples, { atMs, events, ...memory }]);
  }

  async #telling(): Promise<void> {
    while (!this.#pace.isOver) {
      await delay(LINE_MS, undefined, { signal: this.#end.signal }).catch(() => undefined);
      if (!this.#pace.isOver) await this.#tell();
    }
  }

  /** One line on how things are. */
  async #tell(): Promise<void> {
    const { stations } = this.#rig;
    const statuses = await this.#statuses();
    const digests = new Set(statuses.map(({ digest }) => digest)).size;
    const memory = stations.map(({ device }) => (device.isUp ? megabytes(device.residentBytes) : '-'));
    const faults = [...this.#faults].toSorted().map(([fault, count]) => `${count} ${fault}`);
    this.#print(
      [
        this.#clock,
        `${Math.max(...statuses.map(({ events }) => events))} events`,
        `${statuses.length} of ${stations.length} up`,
        digests === 1 ? 'digests equal' : `${digests} digests`,
        `RSS ${memory.join(' ')} MB`,
        `so far ${faults.join(', ') || 'no faults'}`,
      ].join('  '),
    );
  }

  /** Of those that are up; one may be killed while it is asked. */
  async #statuses(): Promise<readonly Status[]> {
    const asked = this.#rig.stations.map(async ({ device }) => {
      if (!device.isUp) return [];
      try {
        return [await device.api.status()];
      } catch (error) {
        if (isCutOff(error)) return [];
        throw error;
      }
    });
    return (await Promise.all(asked)).flat();
  }

  /** Nothing that was acknowledged is lost, and everybody may still write. */
  #assertKept(statuses: readonly Status[]): void {
    for (const { name, frontier, retiredLogs } of statuses) {
      const [retired] = retiredLogs;
      if (retired !== undefined)
        throw new Error(`${name} writes to ${retired.origin} no more: ${retired.reason}`);
      for (const [origin, seq] of this.#acknowledged) {
        const held = frontier[origin] ?? 0;
        if (held < seq) throw new Error(`${name} holds ${held} of ${seq} acknowledged events of ${origin}`);
      }
    }
  }

  /** Stops every device and looks at what it has on its disk. */
  async #outcomes(totalMs: number): Promise<readonly DeviceOutcome[]> {
    const outcomes: DeviceOutcome[] = [];
    for (const station of this.#rig.stations) {
      const { device, spared } = station;
      const { digest, events } = await device.api.status();
      await device.end('SIGTERM');
      const report = await device.run('verify');
      outcomes.push({
        name: device.name,
        events,
        digest,
        verified: report.ok === true && report.digest === digest && report.events === events,
        kills: device.runs - 1,
        memory: spared ? judgeMemory(this.#samples.get(station) ?? [], totalMs) : undefined,
      });
    }
    return outcomes;
  }

  get #clock(): string {
    return clock(performance.now() - this.#beganMs);
  }
}
