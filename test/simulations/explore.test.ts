import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import {
  type Exploration,
  explore,
  exploreGraphs,
  type GraphCount,
  type Scope,
} from '../../simulations/index.ts';
import type { ExplorationOrder } from './print-exploration.ts';
import type { Walks } from './print-walks.ts';
import { scriptOutput } from './script-output.ts';

const QUIET: Scope = {
  peers: 2,
  links: 'mesh',
  events: 2,
  drops: 0,
  duplicates: 0,
  crashes: 0,
  partitions: 0,
};

/** In this process engines cannot be read: a state is all that has happened to a device. */
const explored = (scope: Partial<Scope>, reduce = true): Promise<Exploration> =>
  explore({ ...QUIET, ...scope }, machine, { statesMax: 20_000, reduce });

interface Found {
  readonly exploration: Exploration;
  readonly graphs: GraphCount;
}

/** Explores in a process of its own, where a state is what is in a device. */
const exploredOpen = async (
  scope: Partial<Scope>,
  { options, ...order }: Partial<ExplorationOrder> = {},
): Promise<Found> => {
  const whole = { ...order, scope: { ...QUIET, ...scope }, options: { statesMax: 200_000, ...options } };
  const script = resolve(import.meta.dirname, 'print-exploration.ts');
  return JSON.parse(await scriptOutput(script, JSON.stringify(whole))) as Found;
};

/** Small worlds, and how many states devices can show in the end: by who has seen whose write, or has lost one. */
const SCOPES: readonly (readonly [scope: Partial<Scope>, digests: number])[] = [
  [{ events: 2 }, 3],
  [{ events: 1, crashes: 1 }, 2],
  [{ events: 1, drops: 1 }, 1],
  [{ events: 1, duplicates: 1 }, 1],
  [{ events: 1, partitions: 1 }, 1],
  [{ peers: 3, links: 'line', events: 1 }, 1],
];

/** Larger ones, which take too long where a state is all that has happened to a device. */
const LARGER: readonly Partial<Scope>[] = [
  { events: 3 },
  { duplicates: 1 },
  { crashes: 1 },
  { events: 1, drops: 1, duplicates: 1, crashes: 1, partitions: 1 },
  { peers: 3, events: 1 },
  { peers: 4, links: 'line', events: 1 },
];

describe('everything that can happen to a few devices', { timeout: 120_000 }, () => {
  test.each(LARGER)('with %o is looked at, and nothing is wrong', async (scope) => {
    const { exploration } = await exploredOpen(scope);
    expect(exploration).toMatchObject({ exhausted: true, violation: null, unreadable: 0 });
    expect(exploration.states).toBeGreaterThan(3_000);
  });

  test.each(SCOPES)(
    'with %o is the same when actions that commute are looked at in each order',
    async (scope, count) => {
      const [some, all] = [await explored(scope), await explored(scope, false)];
      const { ends, digests, localStates, eventSets } = all;
      expect(digests).toHaveLength(count);
      expect(some).toMatchObject({ ends, digests, localStates, eventSets });
      // A frame that comes twice makes devices end their session, and nothing can be left out.
      if (scope.duplicates === 1) expect(some.states).toBe(all.states);
      else expect(some.states).toBeLessThan(all.states);
    },
  );

  test.each(SCOPES)('with %o ends in the same however states are told', async (scope) => {
    const [lived, { exploration: told }] = [await explored(scope), await exploredOpen(scope)];
    const { digests, eventSets } = lived;
    expect(lived).toMatchObject({ exhausted: true, violation: null });
    expect(told).toMatchObject({ exhausted: true, violation: null, unreadable: 0, digests, eventSets });
    expect(told.localStates).toBeLessThan(lived.localStates / 2);
    expect(told.states).toBeLessThan(lived.states / 2);
  });

  test('is the same however often actions that commute are looked at, where states are told by what is there', async () => {
    const scope: Partial<Scope> = { peers: 3, links: 'line', events: 1 };
    const [{ exploration: some }, { exploration: all }] = [
      await exploredOpen(scope),
      await exploredOpen(scope, { options: { statesMax: 20_000, reduce: false } }),
    ];
    const { exhausted, ends, digests, localStates, eventSets } = all;
    expect(exhausted).toBe(true);
    expect(some).toMatchObject({ exhausted, ends, digests, localStates, eventSets });
    expect(some.states).toBeLessThan(all.states);
  });

  test('is said not to be all when there is more than was asked for', async () => {
    const { exhausted, states, violation } = await explore(QUIET, machine, { statesMax: 50 });
    expect(violation).toBeNull();
    expect(exhausted).toBe(false);
    expect(states).toBeLessThan(60);
  });
});

describe('a state that is told by what is in a device', { timeout: 60_000 }, () => {
  test.each([
    { ...QUIET, peers: 3, events: 1 },
    { ...QUIET, drops: 1, duplicates: 1, crashes: 1, partitions: 1 },
  ])('with %o does what a device does that has lived through all of it', async (scope) => {
    const script = resolve(import.meta.dirname, 'print-walks.ts');
    const found = JSON.parse(await scriptOutput(script, JSON.stringify(scope), '200')) as Walks;
    expect(found).toMatchObject({ unreadable: 0, differences: [] });
    // Otherwise nothing is said of the states that many ways have led to.
    expect(found.states).toBeLessThan(found.sequences * 0.7);
  });
});

describe('a planted bug', { timeout: 60_000 }, () => {
  test.each([
    ['tie-by-arrival', 'S1'],
    ['last-writer-wins', 'S2'],
    // It takes a rebuild to see this one.
    ['told-twice', undefined],
  ])('%s is found, or not, with all actions and with fewer', async (bug, invariant) => {
    const [some, all] = await Promise.all(
      [true, false].map(async (reduce) => {
        const { exploration } = await exploredOpen({}, { bug, options: { statesMax: 10_000, reduce } });
        return exploration.violation;
      }),
    );
    expect(some?.invariant).toBe(invariant);
    expect(some).toEqual(all);
  });

  test('is found by a shortest way, the same each time', async () => {
    const order = { bug: 'tie-by-arrival' };
    const [first, second] = [await exploredOpen({}, order), await exploredOpen({}, order)];
    const { exploration, graphs } = first;
    expect(exploration.violation?.invariant).toBe('S1');
    // Both write, and each of the two writes must reach the other device.
    expect(exploration.violation?.steps.slice(0, 2)).toEqual(['device 0 writes', 'device 1 writes']);
    expect(exploration.violation?.steps.length).toBe(10);
    expect(graphs.violations.length).toBeGreaterThan(0);
    expect(second).toEqual(first);
  });
});

describe('the projection alone', { timeout: 60_000 }, () => {
  // 1, 3, 21, 315, 9765: the numbers of pairs of an order and a graph that it respects.
  test.each([
    { events: 1, graphs: 1, orders: 1, arrivals: 1 },
    { events: 2, graphs: 2, orders: 3, arrivals: 4 },
    { events: 3, graphs: 8, orders: 21, arrivals: 48 },
    { events: 4, graphs: 64, orders: 315, arrivals: 1_536 },
    { events: 5, graphs: 1_024, orders: 9_765, arrivals: 122_880 },
  ])('makes the same of $events events in all $orders orders of all $graphs graphs', (count) => {
    expect(exploreGraphs(count.events, machine)).toEqual({ ...count, violations: [] });
  });
});
