import type { Journey, Plan, Sample, Sighting } from '../../../simulations/index.ts';
import { Thinned } from '../plots/distribution.ts';
import type { Traffic } from '../traffic.ts';
import { lastFaultUs, partedSpans, type Span } from './plan-spans.ts';

/** Least, mean and greatest of all devices that are up. */
export interface Spread {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}

/** How the space stands at a moment. */
export interface Moment {
  readonly atUs: number;
  /** Of all events that the devices which are up hold together, times the devices: how much each of them holds. */
  readonly share: number;
  readonly open: Spread;
  readonly closed: Spread;
  /** Records that have arrived since the run began, and those that were new, of all devices. */
  readonly recordsReceived: number;
  readonly recordsStored: number;
}

/** One event, and how far it has come. */
interface EventWay {
  readonly authoredUs: number;
  lastUs: number;
  devices: number;
}

/** What a report is drawn from; taken up while the run goes on. */
export class RunRecord {
  readonly plan: Plan;
  readonly traffic: Traffic;
  readonly parted: readonly Span[];
  readonly lastFaultUs: number | undefined;
  readonly moments: Moment[] = [];
  /** Times to be seen on another device, in microseconds. */
  readonly delaysUs = new Thinned();
  /** How long after the last fault came what was missing then, and when each device that missed something had it all. */
  readonly lateUs = new Thinned();
  readonly #deviceLateUs = new Map<number, number>();
  readonly #ways = new Map<string, EventWay>();
  journeys: readonly Journey[] = [];

  constructor(plan: Plan, traffic: Traffic) {
    this.plan = plan;
    this.traffic = traffic;
    this.parted = partedSpans(plan);
    this.lastFaultUs = lastFaultUs(plan);
  }

  get deviceLateUs(): readonly number[] {
    return [...this.#deviceLateUs.values()];
  }

  visible({ event, author, authoredUs, device, visibleUs }: Sighting): void {
    const way = this.#ways.get(event) ?? { authoredUs, lastUs: authoredUs, devices: 0 };
    this.#ways.set(event, way);
    way.lastUs = visibleUs;
    way.devices += 1;
    if (device === author) return;
    this.delaysUs.add(visibleUs - authoredUs);
    const healedUs = this.lastFaultUs;
    if (healedUs === undefined || authoredUs > healedUs || visibleUs <= healedUs) return;
    this.lateUs.add(visibleUs - healedUs);
    this.#deviceLateUs.set(device, visibleUs - healedUs);
  }

  sample({ atUs, devices }: Sample): void {
    const up = devices.filter((device) => device.isUp);
    const held = sum(up.map((device) => device.held));
    const missing = sum(up.map((device) => device.missing));
    if (held === 0) return;
    const { devices: traffic } = this.traffic;
    this.moments.push({
      atUs,
      share: held / (held + missing),
      open: spreadOf(up.map(({ openConflicts }) => openConflicts)),
      closed: spreadOf(up.map(({ closedConflicts }) => closedConflicts)),
      recordsReceived: sum(traffic.map(({ recordsReceived }) => recordsReceived)),
      recordsStored: sum(traffic.map(({ recordsStored }) => recordsStored)),
    });
  }

  /** How long events took to reach the last device that were written after the setup and came to all while nobody was parted. */
  calmSpreadsUs(): readonly number[] {
    const calm = ({ authoredUs, lastUs, devices }: EventWay): boolean =>
      devices === this.plan.devices.length &&
      authoredUs > this.plan.phases.setupUs &&
      this.parted.every(([fromUs, toUs]) => lastUs < fromUs || authoredUs > toUs);
    return [...this.#ways.values()].filter(calm).map(({ authoredUs, lastUs }) => lastUs - authoredUs);
  }
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const spreadOf = (values: readonly number[]): Spread => ({
  low: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  mean: sum(values) / Math.max(1, values.length),
  high: values.reduce((most, value) => Math.max(most, value), 0),
});
