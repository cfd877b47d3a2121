import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ofType, planOf } from '../../../support/scenario-plans.ts';

describe('devices', () => {
  const groups = [
    { name: 'homes', count: 2, role: 'admin' },
    { name: 'phones', count: 4, clock: { ahead: '2s' }, disk: { sync: '9ms' } },
    { name: 'stores', count: 2, role: 'replica' },
  ] as const;

  test('stand group by group, and the first one is an admin', () => {
    const { devices } = planOf({ groups: [...groups], disk: { read: '1ms' } });
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
    expect(planOf({ groups: [{ name: 'readers', count: 2, role: 'reader' }] }).devices[0]?.role).toBe(
      'admin',
    );
  });

  test('of groups keep their proportions when there are more or fewer, and each group has one', () => {
    const counts = (peers: number): readonly number[] => {
      const { devices } = planOf({ groups: [...groups] }, 1n, peers);
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
    expect(ofType(planOf({ peers: 5, faults: [...faults] }), 'crash')).toMatchObject([{ device: 4 }]);
    expect(() => planOf({ peers: 5, faults: [...faults] }, 1n, 4)).toThrow(
      'device 4 is named, and of 4 devices',
    );
  });

  test('outside leave a core, which has to hang together without them', () => {
    expect(planOf({ peers: 5 })).not.toHaveProperty('core');
    expect(planOf({ peers: 5, outside: [1, 3] }).core).toEqual([0, 2, 4]);
    expect(() => planOf({ peers: 5, outside: 'all' })).toThrow('all devices are "outside"');
    expect(() => planOf({ peers: 5, topology: 'star', outside: 'founder' })).toThrow(
      'no links that join them all',
    );
  });
});

describe('links', () => {
  test('are what the last entry for them says, in either direction', () => {
    const { links } = planOf({
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
