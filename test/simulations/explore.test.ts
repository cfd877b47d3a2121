import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import {
  type Exploration,
  type ExploredViolation,
  explore,
  exploreGraphs,
  type GraphCount,
  type Scope,
} from '../../simulations/index.ts';
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

const explored = (scope: Partial<Scope>, reduce = true): Promise<Exploration> =>
  explore({ ...QUIET, ...scope }, machine, { statesMax: 20_000, reduce });

const SCRIPT = resolve(import.meta.dirname, 'print-exploration.ts');

interface Found {
  readonly violation: ExploredViolation | null;
  readonly graphs: GraphCount;
}

/** What is found where a bug is planted; if plain, with every action tried in each state. */
const infestedBy = async (bug: string, ...plain: readonly 'plain'[]): Promise<Found> =>
  JSON.parse(await scriptOutput(SCRIPT, bug, ...plain)) as Found;

/** Small worlds, and how many states devices can show in the end: by who has seen whose write, or has lost one. */
const SCOPES: readonly (readonly [scope: Partial<Scope>, digests: number])[] = [
  [{ events: 2 }, 3],
  [{ events: 1, crashes: 1 }, 2],
  [{ events: 1, drops: 1 }, 1],
  [{ events: 1, duplicates: 1 }, 1],
  [{ events: 1, partitions: 1 }, 1],
  [{ peers: 3, links: 'line', events: 1 }, 1],
];

describe('everything that can happen to a few devices', { timeout: 120_000 }, () => {
  test.each([...SCOPES, [{ peers: 4, links: 'line', events: 1 }, 1] as const])(
    'with %o is looked at, and nothing is wrong',
    async (scope) => {
      const { exhausted, violation, states, ends } = await explore({ ...QUIET, ...scope }, machine, {
        statesMax: 50_000,
      });
      expect({ exhausted, violation }).toEqual({ exhausted: true, violation: null });
      expect(states).toBeGreaterThan(900);
      expect(ends).toBeGreaterThan(100);
    },
  );

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

  test('is said not to be all when there is more than was asked for', async () => {
    const { exhausted, states, violation } = await explore(QUIET, machine, { statesMax: 50 });
    expect(violation).toBeNull();
    expect(exhausted).toBe(false);
    expect(states).toBeLessThan(60);
  });
});

describe('a planted bug', { timeout: 60_000 }, () => {
  test.each([
    ['tie-by-arrival', 'S1'],
    ['last-writer-wins', 'S2'],
    // It takes a rebuild to see this one.
    ['told-twice', undefined],
  ])('%s is found, or not, with all actions and with fewer', async (bug, invariant) => {
    const [some, all] = [await infestedBy(bug), await infestedBy(bug, 'plain')];
    expect(some.violation?.invariant).toBe(invariant);
    expect(some.violation).toEqual(all.violation);
  });

  test('is found by a shortest way, the same each time', async () => {
    const [first, second] = [await infestedBy('tie-by-arrival'), await infestedBy('tie-by-arrival')];
    const { violation, graphs } = first;
    expect(violation?.invariant).toBe('S1');
    // Both write, and each of the two writes must reach the other device.
    expect(violation?.steps.slice(0, 2)).toEqual(['device 0 writes', 'device 1 writes']);
    expect(violation?.steps.length).toBe(10);
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
