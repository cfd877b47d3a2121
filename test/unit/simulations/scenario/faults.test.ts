import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../../simulations/plan/index.ts';
import { CHAOS_US, ofType, planOfFaults } from '../../../support/scenario-plans.ts';
import { statesOf } from './states.ts';

describe('faults', () => {
  const blocked = (one: Plan): readonly string[] =>
    ofType(one, 'block')
      .filter(({ from, to }) => from < to)
      .map(({ from, to }) => `${from}-${to}`)
      .toSorted();

  test('happen at their time, as often as is said, or at drawn times of their window', () => {
    const times = (fault: object): readonly number[] =>
      planOfFaults([{ kind: 'rot', ...fault }]).faults.map(({ atUs }) => atUs);
    expect(times({ at: '5s' })).toEqual([15_000_000]);
    expect(times({ every: '20s' })).toEqual([30_000_000, 50_000_000]);
    expect(times({ every: '5s', during: '10s to 25s' })).toEqual([25_000_000, 30_000_000]);
    const drawn = times({ times: 50, during: '10s to 11s' });
    expect(new Set(drawn).size).toBe(50);
    expect([Math.min(...drawn) >= 20_000_000, Math.max(...drawn) < 21_000_000]).toEqual([true, true]);
    const spans = (fault: object) =>
      statesOf(planOfFaults([{ kind: 'isolate', devices: 1, ...fault }])).get('block 0 1');
    expect(spans({})).toEqual([[CHAOS_US.begin, CHAOS_US.end]]);
    expect(spans({ at: '5s' })).toEqual([[15_000_000, CHAOS_US.end]]);
    expect(spans({ at: '5s', for: '2s' })).toEqual([[15_000_000, 17_000_000]]);
    expect(spans({ at: '59s', for: '1h' })).toEqual([[69_000_000, CHAOS_US.end]]);
    expect(spans({ during: '5s to 9s' })).toEqual([[15_000_000, 19_000_000]]);
    expect(spans({ every: '29s', for: '1s' })).toEqual([
      [39_000_000, 40_000_000],
      [68_000_000, 69_000_000],
    ]);
  });

  test('part devices as told: a device in no part reaches all, one in two parts both', () => {
    const parts = (groups: readonly (number | number[])[], peers = 4) =>
      blocked(planOfFaults([{ kind: 'partition', groups: groups as number[] }], { peers }));
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
    const one = planOfFaults([{ kind: 'partition', into }], { peers });
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
      const one = planOfFaults([{ kind: 'isolate', every: '10s', for: '1s' }], { peers: 50 }, seed);
      for (let time = 0; time < 5; time += 1) {
        const atUs = CHAOS_US.begin + (time + 1) * 10_000_000;
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
      ofType(
        planOfFaults([{ kind: 'clog', pick: 'all', ...fault }], { topology: 'ring', peers: 4 }),
        'clog',
      ).map(({ from, to }) => `${from}>${to}`);
    expect(clogs({}).toSorted()).toEqual(['0>1', '0>3', '1>0', '1>2', '2>1', '2>3', '3>0', '3>2']);
    expect(clogs({ from: 0, ways: 'one' })).toEqual(['0>1', '0>3']);
    expect(clogs({ from: 0, to: 1 })).toEqual(['0>1', '1>0']);
    expect(clogs({ from: 0, to: 2 })).toEqual([]);
    const oneWay = planOfFaults([{ kind: 'one-way', pick: 5 }], { topology: 'ring', peers: 4 });
    expect(ofType(oneWay, 'block')).toHaveLength(5);
    expect(ofType(oneWay, 'unblock')).toHaveLength(5);
  });

  test('that overlap end when the last of them ends', () => {
    const one = planOfFaults([
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
      planOfFaults([{ kind: 'flap', during: '10s to 20s', down: '1s', up: '2s' }], { peers: 2 }),
    );
    expect(flapping.get('block 1 0')).toEqual([
      [20_000_000, 21_000_000],
      [23_000_000, 24_000_000],
      [26_000_000, 27_000_000],
      [29_000_000, 30_000_000],
    ]);
    const churning = statesOf(planOfFaults([{ kind: 'churn', up: '2s', down: '1s' }], { peers: 4 }));
    expect([...churning.keys()].toSorted()).toEqual(['down 0', 'down 1', 'down 2', 'down 3']);
    for (const spans of churning.values()) expect(spans.length).toBeGreaterThan(5);
  });

  test('for good never end, and befall none of the core', () => {
    const one = planOfFaults(
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
    expect(statesOf(one).get('block 0 1')).toEqual([[16_000_000, CHAOS_US.end]]);
  });

  test('of disks and clocks say what happens to whom', () => {
    const one = planOfFaults([
      { kind: 'restore', devices: 1, at: '20s', age: '5s' },
      { kind: 'restore', devices: 2, at: '3s', age: '5s' },
      { kind: 'clock', devices: 0, at: '40s', step: '-2s' },
      { kind: 'rot', devices: 2, at: '41s' },
    ]);
    expect(one.faults).toEqual([
      { atUs: CHAOS_US.begin, type: 'backup', device: 2 },
      { atUs: 13_000_000, type: 'restore', device: 2 },
      { atUs: 25_000_000, type: 'backup', device: 1 },
      { atUs: 30_000_000, type: 'restore', device: 1 },
      { atUs: 50_000_000, type: 'clock', device: 0, stepMs: -2_000 },
      { atUs: 51_000_000, type: 'rot', device: 2, choice: expect.any(Number) },
    ]);
  });

  test('of members are done by somebody to somebody else', () => {
    const { operations, faults } = planOfFaults(
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
