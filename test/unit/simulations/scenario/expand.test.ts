import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../../simulations/plan/index.ts';
import type { ScenarioInput } from '../../../../simulations/scenario/index.ts';
import { CHAOS_US, ofType, planOf, planOfFaults } from '../../../support/scenario-plans.ts';
import { statesOf, unionOf } from './states.ts';

const seeds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const json = (value: unknown): string => JSON.stringify(value);

/** All kinds of faults, some of them more than once, and at times that overlap. */
const MANY: NonNullable<ScenarioInput['faults']> = [
  { kind: 'partition', every: '20s', for: '5s to 15s' },
  { kind: 'partition', into: 'majorities', during: '30s to 50s' },
  { kind: 'isolate', every: '11s', for: '1s to 9s', pick: 2 },
  { kind: 'one-way', at: '5s', for: '30s', pick: 3 },
  { kind: 'clog', every: '9s', for: '2s to 20s', pick: 2 },
  { kind: 'clog', ways: 'one', at: '20s', pick: 4 },
  { kind: 'flap', during: '10s to 40s', pick: 3, down: '100ms to 3s', up: '1s to 2s' },
  { kind: 'reset', times: 5 },
  { kind: 'crash', times: 6, down: '1s to 20s' },
  { kind: 'crash', every: '17s', pick: 'half', down: '5s' },
  { kind: 'churn', up: '10s', down: '4s', pick: 3 },
  { kind: 'restore', times: 3, age: '1s to 30s' },
  { kind: 'wipe', times: 3, down: '1s to 9s' },
  { kind: 'rot', times: 4 },
  { kind: 'clock', times: 4, step: '-1h to 1h' },
  { kind: 'revoke', at: '30s' },
  { kind: 'role', times: 2, role: 'reader' },
  { kind: 'crash', times: 3, torn: true },
  { kind: 'disk', ill: 'write', every: '13s', for: '2s to 20s', pick: 2 },
  { kind: 'disk', ill: 'write', during: '20s to 30s', pick: 'all', permille: 5 },
  { kind: 'disk', ill: 'lie', at: '5s', pick: 'half' },
];

const MIXED: Partial<ScenarioInput> = {
  peers: 6,
  topology: { kind: 'regular', degree: 3 },
  clock: { ahead: '-5s to 5s', driftPpm: '-100 to 100' },
  disk: { read: '50us to 200us', sync: '1ms to 20ms' },
  links: {
    minMs: '5 to 80',
    meanExtraMs: '0 to 9',
    bytesPerSecond: '1000 to 90000',
    lossPermille: '0 to 30',
  },
  workload: {
    events: 120,
    batch: '1 to 4',
    keys: 'zipf',
    textBytes: '1 to 100',
    bursts: { every: '13s', events: 3 },
    resolutions: 9,
    seals: 7,
    operations: [
      { kind: 'write', at: '5s' },
      { kind: 'rewrite', at: '9s', pick: 2 },
      { kind: 'resolve', at: '50s', pick: 'half' },
    ],
  },
  faults: MANY,
};

describe('an expanded scenario', () => {
  test('is a function of the scenario, the seed and the number of devices', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 20 }), (seed, peers) => {
        const first = planOf(MIXED, seed, peers);
        expect(planOf(MIXED, seed, peers)).toEqual(first);
        expect(first.seed).toBe(String(seed));
        expect(first.devices).toHaveLength(peers);
      }),
      { numRuns: 20 },
    );
    expect(planOf(MIXED, 1n)).not.toEqual(planOf(MIXED, 2n));
    expect(planOf(MIXED, 1n + 2n ** 64n)).toEqual(planOf(MIXED, 1n));
  });

  test('has all in order of time, within the chaos, and everything mended at its end', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, peers) => {
        const { faults, operations, phases } = planOf(MIXED, seed, peers);
        expect(phases).toEqual({
          setupUs: CHAOS_US.begin,
          chaosUs: CHAOS_US.end,
          healUs: 370_000_000,
          quietUs: 30_000_000,
        });
        for (const list of [faults, operations]) {
          const times = list.map(({ atUs }) => atUs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(
            times.every(
              (time) => Number.isSafeInteger(time) && time >= CHAOS_US.begin && time <= CHAOS_US.end,
            ),
          ).toBe(true);
        }
        expect(operations.every(({ atUs }) => atUs < CHAOS_US.end)).toBe(true);
        for (const spans of statesOf({ faults }).values())
          for (const [from, to] of spans) expect([from <= to, to <= CHAOS_US.end]).toEqual([true, true]);
      }),
      { numRuns: 30 },
    );
  });

  test('keeps all of a fault, and nothing else, when the others are off', () => {
    const momentary = ['reset', 'backup', 'restore', 'rot', 'clock', 'wipe'] as const;
    fc.assert(
      fc.property(seeds, fc.subarray([...MANY.keys()]), (seed, on) => {
        const only = (numbers: readonly number[]): Plan => {
          const faults = MANY.map((fault, i) => ({ ...fault, off: !numbers.includes(i) }));
          return planOf({ ...MIXED, faults }, seed);
        };
        const together = only(on);
        const alone = on.map((i) => only([i]));
        expect(statesOf(together)).toEqual(unionOf(alone.map(statesOf)));
        const lines = (plans: readonly Plan[]) =>
          plans.flatMap((one) => ofType(one, ...momentary).map(json)).toSorted();
        expect(lines([together])).toEqual(lines(alone));
        const acts = (one: Plan) => one.operations.filter(({ type }) => type === 'revoke' || type === 'role');
        const rest = (one: Plan) => one.operations.filter(({ type }) => type !== 'revoke' && type !== 'role');
        expect(acts(together).map(json).toSorted()).toEqual(alone.flatMap(acts).map(json).toSorted());
        expect(rest(together)).toEqual(only([]).operations);
        expect([together.devices, together.links]).toEqual([only([]).devices, only([]).links]);
      }),
      { numRuns: 30 },
    );
  });

  test('keeps a named fault as it is, wherever it stands', () => {
    const named = { kind: 'crash', name: 'mine', times: 3 } as const;
    const last = planOfFaults([{ kind: 'crash', off: true }, named]);
    expect(planOfFaults([named])).toEqual(last);
    expect(planOfFaults([{ ...named, name: 'yours' }])).not.toEqual(last);
  });

  test('keeps what a writer does when others, bursts, seals and the like are left out', () => {
    const workload = { perMinute: 30, bursts: { every: '9s', events: 2 }, seals: 12, resolutions: 12 };
    fc.assert(
      fc.property(seeds, (seed) => {
        const all = planOf({ peers: 6, workload: workload }, seed);
        const writes = (one: Plan, device: number) =>
          one.operations.filter((operation) => operation.type === 'write' && operation.device === device);
        const few = planOf({ peers: 6, workload: { ...workload, writers: [2, 4] } }, seed);
        expect(writes(few, 2)).toEqual(writes(all, 2));
        expect(new Set(few.operations.map(({ device }) => device))).toEqual(new Set([2, 4]));
        const { bursts: _, ...calm } = workload;
        const lines = (one: Plan) => one.operations.map(json);
        const calmer = lines(planOf({ peers: 6, workload: { ...calm, seals: 0 } }, seed));
        expect(lines(all)).toEqual(expect.arrayContaining(calmer));
        expect(calmer.length).toBeLessThan(all.operations.length);
      }),
      { numRuns: 10 },
    );
  });

  test('says in which order things happen only where it is not a drawn one, and shifts no draw', () => {
    const drawn = planOf({ peers: 4 });
    expect(planOf({ peers: 4, ties: 'random' })).toEqual(drawn);
    expect(drawn).not.toHaveProperty('ties');
    expect(planOf({ peers: 4, ties: 'fifo' })).toEqual({ ...drawn, ties: 'fifo' });
    const pct = { pct: 3, windowUs: 10_000 };
    expect(planOf({ peers: 4, ties: { pct: 3 } })).toEqual({ ...drawn, ties: pct });
  });

  test('says how the space is founded only where all begin with it, and shifts no draw', () => {
    const live = planOf({ peers: 4 });
    expect(planOf({ peers: 4, founding: 'live' })).toEqual(live);
    expect(live).not.toHaveProperty('founding');
    expect(planOf({ peers: 4, founding: 'before' })).toEqual({ ...live, founding: 'before' });
  });

  test('keeps what a link or a device is like, whatever the others are', () => {
    const full = planOf({ peers: 5, links: { minMs: '1 to 900', lossPermille: '0 to 900' } });
    const ring = planOf({
      peers: 5,
      topology: 'ring',
      links: { minMs: '1 to 900', lossPermille: '0 to 900' },
    });
    expect(full.links).toEqual(expect.arrayContaining([...ring.links]));
    expect(new Set(full.links.map(({ minUs }) => minUs)).size).toBeGreaterThan(5);
    const clock = { ahead: '-1h to 1h', driftPpm: '-999 to 999' };
    const more = planOf({ peers: 9, clock });
    expect(more.devices.slice(1, 5)).toEqual(planOf({ peers: 5, clock }).devices.slice(1));
    expect(new Set(more.devices.map(({ clockAheadMs }) => clockAheadMs)).size).toBe(9);
  });
});
