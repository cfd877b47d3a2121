import type { Draws } from '../draws/index.ts';
import type { PlannedDevice } from '../plan/index.ts';
import { drawIn, drawsOf } from './chance.ts';
import { peersOf } from './checks.ts';
import { mistaken } from './mistakes.ts';
import type { Devices } from './parts.ts';
import type { Frozen, Scenario } from './scenario-schema.ts';

interface Group {
  readonly name: string;
  readonly role: PlannedDevice['role'];
  readonly clock: Scenario['clock'];
  readonly disk: Scenario['disk'];
  readonly region?: string;
  readonly cloneOf?: Frozen<Devices>;
  /** Numbers of its devices. */
  readonly from: number;
  readonly to: number;
}

/** The devices of a run, and which of them a scenario means. */
export class Roster {
  readonly devices: readonly PlannedDevice[];
  readonly #groups: readonly Group[];
  readonly #scenario: Scenario;

  /** @param peers how many devices there are in place of those of the scenario, in groups of the same proportions */
  constructor(scenario: Scenario, draws: Draws, peers = peersOf(scenario)) {
    this.#scenario = scenario;
    this.#groups = this.#groupsOf(peers);
    this.devices = this.#groups.flatMap((group) =>
      Array.from({ length: group.to - group.from }, (_, i) => ({
        ...plannedDevice(group, group.from + i, draws),
        ...this.#cloneOf(group),
      })),
    );
  }

  get count(): number {
    return this.#groups.at(-1)?.to ?? 0;
  }

  /** The devices that are meant, by number and each once. */
  select(devices: Frozen<Devices>): readonly number[] {
    const chosen = new Set((isList(devices) ? devices : [devices]).flatMap((one) => this.#named(one)));
    return [...chosen].toSorted((a, b) => a - b);
  }

  /** Where a device is, as far as that is said. */
  regionOf(device: number): string | undefined {
    return this.#groups.find(({ from, to }) => from <= device && device < to)?.region;
  }

  #named(one: number | string): readonly number[] {
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    if (typeof one === 'number') {
      if (one < this.count) return [one];
      const message = `device ${one} is named, and of ${this.count} devices the last is ${this.count - 1}`;
      throw mistaken('scenario_invalid', `scenario ${this.#scenario.name}`, [{ path: [], message }]);
    }
    if (one === 'all') return range(0, this.count);
    if (one === 'founder') return [0];
    if (one === 'others') return range(1, this.count);
    const group = this.#groups.find(({ name }) => name === one);
    return group === undefined ? [] : range(group.from, group.to);
  }

  /** Of which device those of a group are clones: the first that is meant and is none itself. */
  #cloneOf({ cloneOf }: Group): Pick<PlannedDevice, 'cloneOf' | 'role'> | undefined {
    if (cloneOf === undefined) return undefined;
    const isClone = (device: number): boolean =>
      this.#groups.some((group) => group.cloneOf && group.from <= device && device < group.to);
    const original = this.select(cloneOf).find((device) => !isClone(device));
    const group = this.#groups.find(
      ({ from, to }) => original !== undefined && from <= original && original < to,
    );
    if (original === undefined || group === undefined) {
      const message = 'the devices of "cloneOf" are clones themselves, expected others';
      throw mistaken('scenario_invalid', `scenario ${this.#scenario.name}`, [{ path: ['groups'], message }]);
    }
    return { cloneOf: original, role: original === 0 ? 'admin' : group.role };
  }

  #groupsOf(peers: number): readonly Group[] {
    const { name, clock, disk, groups } = this.#scenario;
    if (groups === undefined) return [{ name: '', role: 'writer', clock, disk, from: 0, to: peers }];
    if (peers < groups.length) {
      const message = `${peers} devices were asked for, and there are ${groups.length} groups`;
      throw mistaken('scenario_invalid', `scenario ${name}`, [{ path: [], message }]);
    }
    const counts = scaled(
      groups.map(({ count }) => count),
      peers,
    );
    let from = 0;
    return groups.map((group, i) => {
      const first = from;
      from += counts[i] ?? 0;
      return { ...group, clock: group.clock ?? clock, disk: group.disk ?? disk, from: first, to: from };
    });
  }
}

const isList = (devices: Frozen<Devices>): devices is readonly (number | string)[] => Array.isArray(devices);

/** Counts of the same proportions with another sum, each at least 1; what is left goes to the largest remainders. */
const scaled = (counts: readonly number[], sum: number): readonly number[] => {
  const before = counts.reduce((total, count) => total + count, 0);
  const result = counts.map((count) => Math.max(1, Math.floor((count * sum) / before)));
  const rest = (i: number): number => ((counts[i] ?? 0) * sum) % before;
  const order = [...counts.keys()].toSorted((a, b) => rest(b) - rest(a) || a - b);
  let left = sum - result.reduce((total, count) => total + count, 0);
  for (let turn = 0; left > 0; turn += 1, left -= 1) {
    const i = order[turn % order.length] ?? 0;
    result[i] = (result[i] ?? 0) + 1;
  }
  for (; left < 0; left += 1) {
    const largest = result.indexOf(Math.max(...result));
    result[largest] = (result[largest] ?? 0) - 1;
  }
  return result;
};

const plannedDevice = ({ role, clock, disk }: Group, number: number, draws: Draws): PlannedDevice => {
  const clocks = drawsOf(draws, 'clock', `device ${number}`);
  const disks = drawsOf(draws, 'disk', `device ${number}`);
  return {
    role: number === 0 ? 'admin' : role,
    clockAheadMs: Math.trunc(drawIn(clocks, clock.ahead) / 1_000) + 0,
    clockDriftPpm: drawIn(clocks, clock.driftPpm),
    readUs: drawIn(disks, disk.read),
    syncUs: drawIn(disks, disk.sync),
  };
};
