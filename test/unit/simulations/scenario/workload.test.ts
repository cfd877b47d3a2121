import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../../simulations/plan/index.ts';
import type { ScenarioInput } from '../../../../simulations/scenario/index.ts';
import { planOf } from '../../../support/scenario-plans.ts';

describe('a workload', () => {
  const operationsOf = (workload: ScenarioInput['workload'], input: Partial<ScenarioInput> = {}) =>
    planOf({ workload, ...input }).operations;
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
