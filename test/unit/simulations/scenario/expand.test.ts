import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fault, Operation, Plan } from '../../../../simulations/plan/index.ts';
import { expandScenario, type ScenarioInput, scenario } from '../../../../simulations/scenario/index.ts';
import { statesOf, unionOf } from './states.ts';

const seeds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** The chaos lasts from second 10 to second 70 by default. */
const BEGIN = 10_000_000;
const END = 70_000_000;

const plan = (input: Partial<ScenarioInput>, seed = 1n, peers?: number): Plan =>
  expandScenario(scenario({ name: 'some', ...input }), peers === undefined ? { seed } : { seed, peers });

const faultsOf = (
  faults: NonNullable<ScenarioInput['faults']>,
  input: Partial<ScenarioInput> = {},
  seed = 1n,
) => plan({ workload: { events: 0 }, ...input, faults }, seed);

const ofType = <Type extends Fault['type']>({ faults }: Plan, ...types: readonly Type[]) =>
  faults.filter((fault): fault is Fault & { readonly type: Type } =>
    (types as readonly string[]).includes(fault.type),
  );

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
        const first = plan(MIXED, seed, peers);
        expect(plan(MIXED, seed, peers)).toEqual(first);
        expect(first.seed).toBe(String(seed));
        expect(first.devices).toHaveLength(peers);
      }),
      { numRuns: 20 },
    );
    expect(plan(MIXED, 1n)).not.toEqual(plan(MIXED, 2n));
    expect(plan(MIXED, 1n + 2n ** 64n)).toEqual(plan(MIXED, 1n));
  });

  test('has all in order of time, within the chaos, and everything mended at its end', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, peers) => {
        const { faults, operations, phases } = plan(MIXED, seed, peers);
        expect(phases).toEqual({ setupUs: BEGIN, chaosUs: END, healUs: 370_000_000, quietUs: 30_000_000 });
        for (const list of [faults, operations]) {
          const times = list.map(({ atUs }) => atUs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(times.every((time) => Number.isSafeInteger(time) && time >= BEGIN && time <= END)).toBe(
            true,
          );
        }
        expect(operations.every(({ atUs }) => atUs < END)).toBe(true);
        for (const spans of statesOf({ faults }).values())
          for (const [from, to] of spans) expect([from <= to, to <= END]).toEqual([true, true]);
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
          return plan({ ...MIXED, faults }, seed);
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
    const last = faultsOf([{ kind: 'crash', off: true }, named]);
    expect(faultsOf([named])).toEqual(last);
    expect(faultsOf([{ ...named, name: 'yours' }])).not.toEqual(last);
  });

  test('keeps what a writer does when others, bursts, seals and the like are left out', () => {
    const workload = { perMinute: 30, bursts: { every: '9s', events: 2 }, seals: 12, resolutions: 12 };
    fc.assert(
      fc.property(seeds, (seed) => {
        const all = plan({ peers: 6, workload: workload }, seed);
        const writes = (one: Plan, device: number) =>
          one.operations.filter((operation) => operation.type === 'write' && operation.device === device);
        const few = plan({ peers: 6, workload: { ...workload, writers: [2, 4] } }, seed);
        expect(writes(few, 2)).toEqual(writes(all, 2));
        expect(new Set(few.operations.map(({ device }) => device))).toEqual(new Set([2, 4]));
        const { bursts: _, ...calm } = workload;
        const lines = (one: Plan) => one.operations.map(json);
        const calmer = lines(plan({ peers: 6, workload: { ...calm, seals: 0 } }, seed));
        expect(lines(all)).toEqual(expect.arrayContaining(calmer));
        expect(calmer.length).toBeLessThan(all.operations.length);
      }),
      { numRuns: 10 },
    );
  });

  test('says in which order things happen only where it is not a drawn one, and shifts no draw', () => {
    const drawn = plan({ peers: 4 });
    expect(plan({ peers: 4, ties: 'random' })).toEqual(drawn);
    expect(drawn).not.toHaveProperty('ties');
    expect(plan({ peers: 4, ties: 'fifo' })).toEqual({ ...drawn, ties: 'fifo' });
    const pct = { pct: 3, windowUs: 10_000 };
    expect(plan({ peers: 4, ties: { pct: 3 } })).toEqual({ ...drawn, ties: pct });
  });

  test('keeps what a link or a device is like, whatever the others are', () => {
    const full = plan({ peers: 5, links: { minMs: '1 to 900', lossPermille: '0 to 900' } });
    const ring = plan({ peers: 5, topology: 'ring', links: { minMs: '1 to 900', lossPermille: '0 to 900' } });
    expect(full.links).toEqual(expect.arrayContaining([...ring.links]));
    expect(new Set(full.links.map(({ minUs }) => minUs)).size).toBeGreaterThan(5);
    const clock = { ahead: '-1h to 1h', driftPpm: '-999 to 999' };
    const more = plan({ peers: 9, clock });
    expect(more.devices.slice(1, 5)).toEqual(plan({ peers: 5, clock }).devices.slice(1));
    expect(new Set(more.devices.map(({ clockAheadMs }) => clockAheadMs)).size).toBe(9);
  });
});

describe('devices', () => {
  const groups = [
    { name: 'homes', count: 2, role: 'admin' },
    { name: 'phones', count: 4, clock: { ahead: '2s' }, disk: { sync: '9ms' } },
    { name: 'stores', count: 2, role: 'replica' },
  ] as const;

  test('stand group by group, and the first one is an admin', () => {
    const { devices } = plan({ groups: [...groups], disk: { read: '1ms' } });
    expect(devices.map(({ role }) => role)).toEqual([
      'admin',
      'admin',
      'writer',
      'writer',
      'writer',
      'writer',
      'replica',
      'replica',
    ]);
    expect(devices[2]).toEqual({
      role: 'writer',
      clockAheadMs: 2_000,
      clockDriftPpm: 0,
      readUs: 100,
      syncUs: 9_000,
    });
    expect(devices[7]).toEqual({
      role: 'replica',
      clockAheadMs: 0,
      clockDriftPpm: 0,
      readUs: 1_000,
      syncUs: 5_000,
    });
    expect(plan({ groups: [{ name: 'readers', count: 2, role: 'reader' }] }).devices[0]?.role).toBe('admin');
  });

  test('of groups keep their proportions when there are more or fewer, and each group has one', () => {
    const counts = (peers: number): readonly number[] => {
      const { devices } = plan({ groups: [...groups] }, 1n, peers);
      return ['admin', 'writer', 'replica'].map(
        (role) => devices.filter((device) => device.role === role).length,
      );
    };
    expect(counts(16)).toEqual([4, 8, 4]);
    expect(counts(3)).toEqual([1, 1, 1]);
    expect(counts(9)).toEqual([2, 5, 2]);
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), (peers) => {
        expect(counts(peers).reduce((sum, count) => sum + count, 0)).toBe(peers);
        expect(Math.min(...counts(peers))).toBeGreaterThan(0);
      }),
    );
    expect(() => counts(2)).toThrow('2 devices were asked for, and there are 3 groups');
  });

  test('that are named by number have to be there', () => {
    const faults = [{ kind: 'crash', devices: 4 }] as const;
    expect(ofType(plan({ peers: 5, faults: [...faults] }), 'crash')).toMatchObject([{ device: 4 }]);
    expect(() => plan({ peers: 5, faults: [...faults] }, 1n, 4)).toThrow(
      'device 4 is named, and of 4 devices',
    );
  });

  test('outside leave a core, which has to hang together without them', () => {
    expect(plan({ peers: 5 })).not.toHaveProperty('core');
    expect(plan({ peers: 5, outside: [1, 3] }).core).toEqual([0, 2, 4]);
    expect(() => plan({ peers: 5, outside: 'all' })).toThrow('all devices are "outside"');
    expect(() => plan({ peers: 5, topology: 'star', outside: 'founder' })).toThrow(
      'no links that join them all',
    );
  });
});

describe('links', () => {
  test('are what the last entry for them says, in either direction', () => {
    const { links } = plan({
      peers: 3,
      links: {
        minMs: 7,
        pairs: [
          { from: 2, to: 'all', minMs: 90, lossPermille: 5 },
          { from: 'founder', to: 2, minMs: 50 },
        ],
      },
    });
    const common = { meanExtraUs: 5_000, bytesPerSecond: 1_000_000 };
    expect(links).toEqual([
      { a: 0, b: 1, minUs: 7_000, lossPpm: 0, ...common },
      { a: 0, b: 2, minUs: 50_000, lossPpm: 5_000, ...common },
      { a: 1, b: 2, minUs: 90_000, lossPpm: 5_000, ...common },
    ]);
  });
});

describe('faults', () => {
  const blocked = (one: Plan): readonly string[] =>
    ofType(one, 'block')
      .filter(({ from, to }) => from < to)
      .map(({ from, to }) => `${from}-${to}`)
      .toSorted();

  test('happen at their time, as often as is said, or at drawn times of their window', () => {
    const times = (fault: object): readonly number[] =>
      faultsOf([{ kind: 'rot', ...fault }]).faults.map(({ atUs }) => atUs);
    expect(times({ at: '5s' })).toEqual([15_000_000]);
    expect(times({ every: '20s' })).toEqual([30_000_000, 50_000_000]);
    expect(times({ every: '5s', during: '10s to 25s' })).toEqual([25_000_000, 30_000_000]);
    const drawn = times({ times: 50, during: '10s to 11s' });
    expect(new Set(drawn).size).toBe(50);
    expect([Math.min(...drawn) >= 20_000_000, Math.max(...drawn) < 21_000_000]).toEqual([true, true]);
    const spans = (fault: object) =>
      statesOf(faultsOf([{ kind: 'isolate', devices: 1, ...fault }])).get('block 0 1');
    expect(spans({})).toEqual([[BEGIN, END]]);
    expect(spans({ at: '5s' })).toEqual([[15_000_000, END]]);
    expect(spans({ at: '5s', for: '2s' })).toEqual([[15_000_000, 17_000_000]]);
    expect(spans({ at: '59s', for: '1h' })).toEqual([[69_000_000, END]]);
    expect(spans({ during: '5s to 9s' })).toEqual([[15_000_000, 19_000_000]]);
    expect(spans({ every: '29s', for: '1s' })).toEqual([
      [39_000_000, 40_000_000],
      [68_000_000, 69_000_000],
    ]);
  });

  test('part devices as told: a device in no part reaches all, one in two parts both', () => {
    const parts = (groups: readonly (number | number[])[], peers = 4) =>
      blocked(faultsOf([{ kind: 'partition', groups: groups as number[] }], { peers }));
    expect(
      parts([
        [0, 1],
        [2, 3],
      ]),
    ).toEqual(['0-2', '0-3', '1-2', '1-3']);
    expect(parts([0, 1])).toEqual(['0-1']);
    expect(
      parts([
        [0, 1],
        [1, 2],
      ]),
    ).toEqual(['0-2']);
  });

  test.each([
    ['halves', 6, 9],
    ['halves', 7, 12],
    ['thirds', 6, 12],
    ['thirds', 7, 16],
    ['minority', 8, 12],
    ['minority', 3, 2],
    ['bridge', 7, 9],
    ['bridge', 6, 6],
    ['majorities', 5, 5],
    ['majorities', 7, 7],
    ['majorities', 6, 3],
    ['majorities', 3, 0],
  ] as const)('into %s of %i devices block %i pairs, in both directions', (into, peers, count) => {
    const one = faultsOf([{ kind: 'partition', into }], { peers });
    expect(blocked(one)).toHaveLength(count);
    expect(ofType(one, 'block')).toHaveLength(2 * count);
    if (into !== 'majorities') return;
    const reached = Array.from({ length: peers }, (_, device) => {
      const parted = ofType(one, 'block').filter(({ from }) => from === device).length;
      return peers - parted;
    });
    expect(Math.min(...reached)).toBeGreaterThan(peers / 2);
  });

  test('that are drawn are others each time, and others with another seed', () => {
    const all = new Set<string>();
    for (const seed of [1n, 2n]) {
      const one = faultsOf([{ kind: 'isolate', every: '10s', for: '1s' }], { peers: 50 }, seed);
      for (let time = 0; time < 5; time += 1) {
        const atUs = BEGIN + (time + 1) * 10_000_000;
        const ends = ofType(one, 'block')
          .filter((fault) => fault.atUs === atUs)
          .map(({ from }) => from);
        all.add(String(ends.find((device) => ends.filter((other) => other === device).length > 1)));
      }
    }
    expect(all.size).toBeGreaterThan(5);
  });

  test('concern links that there are, and only the directions that are meant', () => {
    const clogs = (fault: object) =>
      ofType(faultsOf([{ kind: 'clog', pick: 'all', ...fault }], { topology: 'ring', peers: 4 }), 'clog').map(
        ({ from, to }) => `${from}>${to}`,
      );
    expect(clogs({}).toSorted()).toEqual(['0>1', '0>3', '1>0', '1>2', '2>1', '2>3', '3>0', '3>2']);
    expect(clogs({ from: 0, ways: 'one' })).toEqual(['0>1', '0>3']);
    expect(clogs({ from: 0, to: 1 })).toEqual(['0>1', '1>0']);
    expect(clogs({ from: 0, to: 2 })).toEqual([]);
    const oneWay = faultsOf([{ kind: 'one-way', pick: 5 }], { topology: 'ring', peers: 4 });
    expect(ofType(oneWay, 'block')).toHaveLength(5);
    expect(ofType(oneWay, 'unblock')).toHaveLength(5);
  });

  test('that overlap end when the last of them ends', () => {
    const one = faultsOf([
      { kind: 'crash', devices: 1, at: '5s', down: '10s' },
      { kind: 'crash', devices: 1, at: '8s', down: '20s' },
      { kind: 'wipe', devices: 1, at: '9s', down: '1s' },
      { kind: 'crash', devices: 1, at: '40s', down: '1s' },
      { kind: 'wipe', devices: 1, at: '40s', down: '2s' },
    ]);
    expect(one.faults.map(({ atUs, type }) => `${atUs / 1_000_000} ${type}`)).toEqual([
      '15 crash',
      '19 wipe',
      '38 start',
      '50 wipe',
      '52 start',
    ]);
  });

  test('flap and churn by turns, up to the end', () => {
    const flapping = statesOf(
      faultsOf([{ kind: 'flap', during: '10s to 20s', down: '1s', up: '2s' }], { peers: 2 }),
    );
    expect(flapping.get('block 1 0')).toEqual([
      [20_000_000, 21_000_000],
      [23_000_000, 24_000_000],
      [26_000_000, 27_000_000],
      [29_000_000, 30_000_000],
    ]);
    const churning = statesOf(faultsOf([{ kind: 'churn', up: '2s', down: '1s' }], { peers: 4 }));
    expect([...churning.keys()].toSorted()).toEqual(['down 0', 'down 1', 'down 2', 'down 3']);
    for (const spans of churning.values()) expect(spans.length).toBeGreaterThan(5);
  });

  test('for good never end, and befall none of the core', () => {
    const one = faultsOf(
      [
        { kind: 'crash', at: '5s', pick: 'all', permanent: true },
        { kind: 'isolate', at: '5s', pick: 'all', permanent: true },
        { kind: 'one-way', pick: 'all', permanent: true },
        { kind: 'clog', pick: 'all', permanent: true },
        { kind: 'isolate', at: '6s', devices: 0 },
      ],
      { peers: 4, outside: [2, 3] },
    );
    const endless = [...statesOf(one)].flatMap(([key, spans]) =>
      spans.at(-1)?.[1] === Number.POSITIVE_INFINITY ? [key] : [],
    );
    expect(endless).toHaveLength(2 + 10 + 10);
    expect(endless.filter((key) => !/[23]/.test(key))).toEqual([]);
    expect(statesOf(one).get('block 0 1')).toEqual([[16_000_000, END]]);
  });

  test('of disks and clocks say what happens to whom', () => {
    const one = faultsOf([
      { kind: 'restore', devices: 1, at: '20s', age: '5s' },
      { kind: 'restore', devices: 2, at: '3s', age: '5s' },
      { kind: 'clock', devices: 0, at: '40s', step: '-2s' },
      { kind: 'rot', devices: 2, at: '41s' },
    ]);
    expect(one.faults).toEqual([
      { atUs: BEGIN, type: 'backup', device: 2 },
      { atUs: 13_000_000, type: 'restore', device: 2 },
      { atUs: 25_000_000, type: 'backup', device: 1 },
      { atUs: 30_000_000, type: 'restore', device: 1 },
      { atUs: 50_000_000, type: 'clock', device: 0, stepMs: -2_000 },
      { atUs: 51_000_000, type: 'rot', device: 2, choice: expect.any(Number) },
    ]);
  });

  test('of members are done by somebody to somebody else', () => {
    const { operations, faults } = faultsOf(
      [
        { kind: 'revoke', at: '5s', by: 1, target: [1, 2] },
        { kind: 'role', at: '6s', role: 'reader', target: 1 },
        { kind: 'revoke', at: '7s', by: 1, target: 1 },
      ],
      { peers: 3 },
    );
    expect(faults).toEqual([]);
    expect(operations).toEqual([
      { atUs: 15_000_000, device: 1, type: 'revoke', target: 2 },
      { atUs: 16_000_000, device: 0, type: 'role', target: 1, role: 'reader' },
    ]);
  });
});

describe('a workload', () => {
  const operationsOf = (workload: ScenarioInput['workload'], input: Partial<ScenarioInput> = {}) =>
    plan({ workload, ...input }).operations;
  const draftsOf = (operations: readonly Operation[]) =>
    operations.flatMap((operation) => (operation.type === 'write' ? operation.drafts : []));

  test('has so many events, shared among those who may write', () => {
    const groups = [
      { name: 'writers', count: 3 },
      { name: 'readers', count: 3, role: 'reader' as const },
    ];
    const operations = operationsOf({ events: 100, batch: '1 to 7', seals: 5, resolutions: 4 }, { groups });
    expect(draftsOf(operations)).toHaveLength(100);
    const by = (device: number) => operations.filter((operation) => operation.device === device);
    expect([0, 1, 2, 3, 4, 5].map((device) => draftsOf(by(device)).length)).toEqual([34, 33, 33, 0, 0, 0]);
    const count = (type: string) => operations.filter((operation) => operation.type === type).length;
    expect([count('seal'), count('resolve')]).toEqual([5, 4]);
    const times = (type: string) => operations.flatMap((one) => (one.type === type ? [one.atUs] : []));
    expect(times('resolve').filter((time) => times('seal').includes(time))).toEqual([]);
    expect(draftsOf(operationsOf({ events: 0 }))).toEqual([]);
    expect(draftsOf(operationsOf({ writers: 1, perMinute: 600 })).length).toBeGreaterThan(500);
  });

  test('writes in bursts, all writers at once', () => {
    const operations = operationsOf({ events: 0, bursts: { every: '25s', events: 4 } });
    expect(operations.map(({ atUs, device }) => `${atUs / 1_000_000} ${device}`)).toEqual([
      '35 0',
      '35 1',
      '35 2',
      '60 0',
      '60 1',
      '60 2',
    ]);
    expect(draftsOf(operations)).toHaveLength(24);
  });

  test('writes to the first entities most where keys are of Zipf, and to all alike otherwise', () => {
    const share = (keys: 'zipf' | 'uniform'): readonly number[] => {
      const drafts = draftsOf(operationsOf({ events: 6_000, keys, entities: 10, sharedPercent: 100 }));
      expect(drafts).toHaveLength(6_000);
      const count = (number: number) =>
        drafts.filter(({ entityId }) => entityId === `shared-${number}`).length;
      return [1, 2, 10].map(count);
    };
    // 6,000 shared by 1/k over the sum of the first ten, 2.929: 2,048, 1,024 and 205.
    const [first = 0, second = 0, last = 0] = share('zipf');
    expect([first > 1_900, first < 2_200, second > 900, second < 1_150, last > 140, last < 270]).toEqual(
      Array(6).fill(true),
    );
    for (const count of share('uniform')) expect(Math.abs(count - 600)).toBeLessThan(120);
  });

  test('shares entities as much as is said, and makes up no text twice', () => {
    const drafts = draftsOf(operationsOf({ events: 2_000, sharedPercent: 25, textBytes: 64 }));
    const shared = drafts.filter(({ entityId }) => entityId.startsWith('shared-')).length;
    expect([shared > 400, shared < 600]).toEqual([true, true]);
    const texts = drafts.flatMap(({ payload }) =>
      Object.entries(payload).flatMap(([key, value]) => (key.startsWith('field-') ? [String(value)] : [])),
    );
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.every((text) => text.length === 64)).toBe(true);
  });

  test('mixes kinds of events by their weights', () => {
    const types = (mix: object): readonly string[] => [
      ...new Set(draftsOf(operationsOf({ events: 500, mix })).map(({ type }) => type)),
    ];
    const none = { updates: 0, creations: 0, relations: 0, metrics: 0, unknown: 0 };
    expect(types({ ...none, updates: 1 })).toEqual(['plos.core/StateUpdated']);
    expect(types({ ...none, creations: 1 })).toEqual(['plos.core/EntityCreated']);
    expect(types({ ...none, metrics: 1 })).toEqual(['plos.core/MetricRecorded']);
    expect(types({ ...none, unknown: 1 })).toEqual(['sim.future/Noticed']);
    expect(types({ ...none, relations: 1 }).toSorted()).toEqual([
      'plos.core/RelationAdded',
      'plos.core/RelationRemoved',
    ]);
    expect(types({})).toHaveLength(5);
  });

  test('does at fixed times what is said, by whom it is said', () => {
    const operations = operationsOf({
      events: 0,
      entities: 3,
      fields: 2,
      operations: [
        { kind: 'seal', at: '5s', devices: 2 },
        { kind: 'write', at: '1s', devices: [0, 1], value: null, entity: 'one', field: 'two' },
        { kind: 'write', at: '2s', devices: 'founder' },
        { kind: 'rewrite', at: '3s', devices: 1 },
        { kind: 'rewrite', at: '4s', devices: 1, together: false },
        { kind: 'event', at: '6s', devices: 1, type: 'a.b/C' },
        { kind: 'resolve', at: '7s', pick: 2 },
      ],
    });
    const seconds = operations.map(({ atUs, device, type }) => `${atUs / 1_000_000} ${device} ${type}`);
    expect(seconds.slice(0, -2)).toEqual([
      '11 0 write',
      '11 1 write',
      '12 0 write',
      '13 1 write',
      '14 1 write',
      '14 1 write',
      '14 1 write',
      '15 2 seal',
      '16 1 write',
    ]);
    expect(operations.slice(-2).map(({ type }) => type)).toEqual(['resolve', 'resolve']);
    const drafts = draftsOf(operations);
    expect(drafts[0]).toEqual({ type: 'plos.core/StateUpdated', entityId: 'one', payload: { two: null } });
    expect(drafts[2]?.payload).toEqual({ 'field-1': 'device 0 operation 2 1' });
    expect(drafts.slice(3, 6).map(({ entityId, payload }) => [entityId, ...Object.keys(payload)])).toEqual([
      ['shared-1', 'field-1'],
      ['shared-2', 'field-2'],
      ['shared-3', 'field-1'],
    ]);
    expect(drafts.at(-1)?.type).toBe('a.b/C');
  });
});
