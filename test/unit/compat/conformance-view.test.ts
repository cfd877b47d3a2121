import { describe, expect, it } from 'vitest';
import { type ConformanceConflict, conformanceView } from '../../../protocol/compat/index.ts';
import { eventJson, merged, resolve, write } from '../../fixtures/smo-os/events.ts';

const viewOf = (...events: readonly unknown[]) => conformanceView(merged(...events));

const summary = ({ candidates, winner, resolvedByEventId, chosenEventId }: ConformanceConflict) => ({
  candidates: candidates.map(({ eventId }) => eventId),
  winner: winner.eventId,
  ...(resolvedByEventId !== undefined && { by: resolvedByEventId, chosen: chosenEventId }),
});

const conflictsOf = (...events: readonly unknown[]) => viewOf(...events).conflicts.map(summary);

const a = write({ at: 'A1', time: 10 }, 'a');
const b = write({ at: 'B1', time: 20 }, 'b');
const c = write({ at: 'C1', time: 15 }, 'c');
const all = { A: 1, B: 1, C: 1 };

describe('fields', () => {
  it('show the last write that saw the others, whatever its timestamp', () => {
    const slow = write({ at: 'C1', time: 1, seen: all }, 'c');
    expect(viewOf(a, b, slow)).toEqual({ entities: { task: { id: 'task', status: 'c' } }, conflicts: [] });
  });

  it('are registers each for itself', () => {
    const create = eventJson({ at: 'A1', time: 1 }, 'EntityCreated', { name: 'n', status: null });
    expect(viewOf(create, write({ at: 'B1', time: 2 }, 7, 'priority'))).toEqual({
      entities: { task: { id: 'task', name: 'n', status: null, priority: 7 } },
      conflicts: [],
    });
  });

  it('conflict also where an entity is created twice', () => {
    const twice = ['A1', 'B1'].map((at) => eventJson({ at, time: 1 }, 'EntityCreated', { name: at }));
    expect(conflictsOf(...twice)).toEqual([{ candidates: ['A1', 'B1'], winner: 'B1' }]);
  });

  it('called id never stand for the id of the entity', () => {
    const view = viewOf(write({ at: 'A1', time: 1 }, 'x', 'id'), write({ at: 'B1', time: 2 }, 'y', 'id'));
    expect(view.entities).toEqual({ task: { id: 'task' } });
    expect(view.conflicts.map(summary)).toEqual([{ candidates: ['A1', 'B1'], winner: 'B1' }]);
  });

  it('and entities may be called __proto__ or constructor', () => {
    const payload = JSON.parse('{"__proto__":{"x":1},"constructor":2}');
    const { entities } = viewOf(eventJson({ at: 'A1', time: 1 }, 'StateUpdated', payload, '__proto__'));
    expect(JSON.stringify(entities)).toBe(
      '{"__proto__":{"id":"__proto__","__proto__":{"x":1},"constructor":2}}',
    );
  });

  it('show the last write in the total order where forged vectors go round in a circle', () => {
    const circle = [
      write({ at: 'A1', time: 1, seen: { B: 1 } }, 'a'),
      write({ at: 'B1', time: 2, seen: { C: 1 } }, 'b'),
      write({ at: 'C1', time: 3, seen: { A: 1 } }, 'c'),
    ];
    expect(viewOf(...circle)).toEqual({ entities: { task: { id: 'task', status: 'c' } }, conflicts: [] });
  });
});

describe('open conflicts', () => {
  it('list all candidates in the total order, and the one that is shown', () => {
    const candidate = (origin: string, value: string, timestamp: number) => ({
      value,
      eventId: `${origin}1`,
      origin,
      seq: 1,
      timestamp,
    });
    const candidates = [candidate('A', 'a', 10), candidate('C', 'c', 15), candidate('B', 'b', 20)];
    expect(viewOf(b, c, a)).toEqual({
      entities: { task: { id: 'task', status: 'b' } },
      conflicts: [{ entityId: 'task', field: 'status', candidates, winner: candidates[2], resolved: false }],
    });
  });

  it('are none between equal values, by canonical JSON', () => {
    const [x, y] = [
      { p: 1, q: [2] },
      { q: [2], p: 1 },
    ];
    expect(conflictsOf(write({ at: 'A1', time: 1 }, x), write({ at: 'B1', time: 2 }, y))).toEqual([]);
  });

  it('list a candidate that agrees with another one, too', () => {
    const agreeing = write({ at: 'C1', time: 15 }, 'a');
    expect(conflictsOf(a, b, agreeing)).toEqual([{ candidates: ['A1', 'C1', 'B1'], winner: 'B1' }]);
  });

  it('are none within one origin, even where it used a seq twice', () => {
    const twin = { ...write({ at: 'A1', time: 30 }, 'other'), id: 'twin' };
    expect(viewOf(a, twin)).toEqual({ entities: { task: { id: 'task', status: 'other' } }, conflicts: [] });
  });

  it('are none between events without a place: the later one supersedes', () => {
    const old = (id: string, timestamp: number, value: string) => ({
      ...write({ at: 'x0', time: timestamp }, value),
      id,
      origin: null,
    });
    expect(viewOf(old('2', 2, 'new'), old('1', 1, 'old'))).toEqual({
      entities: { task: { id: 'task', status: 'new' } },
      conflicts: [],
    });
  });

  it('stand in the order of their last candidates, then of fields', () => {
    const both = (at: string, time: number) => eventJson({ at, time }, 'StateUpdated', { z: at, m: at });
    const early = write({ at: 'A2', time: 2 }, 'x', 'early');
    const late = write({ at: 'B2', time: 3 }, 'y', 'early');
    const fields = viewOf(both('A1', 5), both('B1', 1), early, late).conflicts.map(({ field }) => field);
    expect(fields).toEqual(['early', 'm', 'z']);
  });
});

describe('resolutions', () => {
  const chooseA = resolve({ at: 'D1', time: 30, seen: all }, 'A1');

  it('give the value of the chosen event and close the conflict', () => {
    const view = viewOf(a, b, c, chooseA);
    expect(view.entities).toEqual({ task: { id: 'task', status: 'a' } });
    expect(view.conflicts).toEqual([
      expect.objectContaining({ resolved: true, resolvedByEventId: 'D1', chosenEventId: 'A1' }),
    ]);
    expect(conflictsOf(a, b, c, chooseA)).toEqual([
      { candidates: ['A1', 'C1', 'B1'], winner: 'A1', by: 'D1', chosen: 'A1' },
    ]);
  });

  it('stay listed when a later write supersedes them', () => {
    const after = write({ at: 'B2', time: 40, seen: { ...all, D: 1 } }, 'later');
    expect(viewOf(a, b, chooseA, after).entities).toEqual({ task: { id: 'task', status: 'later' } });
    expect(conflictsOf(a, b, chooseA, after)).toEqual([
      { candidates: ['A1', 'B1'], winner: 'A1', by: 'D1', chosen: 'A1' },
    ]);
  });

  it('leave open what they have not seen', () => {
    const partial = resolve({ at: 'D1', time: 30, seen: { A: 1, B: 1 } }, 'A1');
    expect(conflictsOf(a, b, c, partial)).toEqual([
      { candidates: ['A1', 'B1'], winner: 'A1', by: 'D1', chosen: 'A1' },
      { candidates: ['C1', 'D1'], winner: 'D1' },
    ]);
  });

  it('conflict with each other when concurrent, and can be chosen like any write', () => {
    const chooseB = resolve({ at: 'E1', time: 31, seen: all }, 'B1');
    const last = resolve({ at: 'A2', time: 50, seen: { ...all, D: 1, E: 1 } }, 'D1');
    const closed = [
      { candidates: ['A1', 'B1'], winner: 'A1', by: 'D1', chosen: 'A1' },
      { candidates: ['A1', 'B1'], winner: 'B1', by: 'E1', chosen: 'B1' },
    ];
    expect(conflictsOf(a, b, chooseA, chooseB)).toEqual([
      ...closed,
      { candidates: ['D1', 'E1'], winner: 'E1' },
    ]);
    expect(viewOf(a, b, chooseA, chooseB, last).entities).toEqual({ task: { id: 'task', status: 'a' } });
    expect(conflictsOf(a, b, chooseA, chooseB, last)).toEqual([
      ...closed,
      { candidates: ['D1', 'E1'], winner: 'D1', by: 'A2', chosen: 'D1' },
    ]);
  });

  const open = [{ candidates: ['A1', 'B1'], winner: 'B1' }];
  it.each([
    ['has not seen what it chose', resolve({ at: 'D1', time: 30, seen: { B: 1 } }, 'A1'), 'A1'],
    ['chose an unknown event', resolve({ at: 'D1', time: 30, seen: all }, 'X9'), 'X9'],
    ['chose for another field', resolve({ at: 'D1', time: 30, seen: all }, 'A1', 'name'), 'A1'],
    ['chose itself', resolve({ at: 'D1', time: 30, seen: { ...all, D: 1 } }, 'D1'), 'D1'],
    [
      'names no event',
      eventJson({ at: 'D1', time: 30, seen: all }, 'ConflictResolved', { field: 'status' }),
      '',
    ],
    [
      'names no field',
      eventJson({ at: 'D1', time: 30, seen: all }, 'ConflictResolved', { chosenEventId: 'A1' }),
      '',
    ],
  ])('change nothing when one %s', (_, resolution) => {
    expect(conflictsOf(a, b, resolution)).toEqual(open);
    expect(viewOf(a, b, resolution).entities).toEqual({ task: { id: 'task', status: 'b' } });
  });

  it('change nothing when they chose each other, nor does one that chose them', () => {
    const circle = [
      resolve({ at: 'D1', time: 30, seen: { ...all, E: 1 } }, 'E1'),
      resolve({ at: 'E1', time: 31, seen: { ...all, D: 1 } }, 'D1'),
      resolve({ at: 'F1', time: 32, seen: { ...all, D: 1, E: 1 } }, 'D1'),
    ];
    expect(conflictsOf(a, b, ...circle)).toEqual(open);
  });

  it('can hang on a long row of others', () => {
    const row = Array.from({ length: 3000 }, (_, i) =>
      resolve({ at: `D${i + 1}`, time: 100 + i, seen: all }, i === 0 ? 'A1' : `D${i}`),
    );
    expect(viewOf(a, b, ...row.reverse()).entities).toEqual({ task: { id: 'task', status: 'a' } });
  });
});

describe('relations and metrics', () => {
  const add = (at: string, time: number, id?: string, seen = {}) =>
    eventJson({ at, time, seen }, 'RelationAdded', { ...(id && { id }), by: at });
  const remove = (at: string, time: number, id: string, seen = {}) =>
    eventJson({ at, time, seen }, 'RelationRemoved', { id });

  it('are listed in the total order, where there are any', () => {
    const metric = (at: string, time: number) => eventJson({ at, time }, 'MetricRecorded', { at });
    expect(viewOf(add('A1', 9, 'r'), add('B1', 3, 'q'), metric('A2', 9), metric('B2', 3)).entities).toEqual({
      task: {
        id: 'task',
        relations: [
          { id: 'q', by: 'B1' },
          { id: 'r', by: 'A1' },
        ],
        metrics: [{ at: 'B2' }, { at: 'A2' }],
      },
    });
    expect(viewOf(add('A1', 1, 'r'), remove('A2', 2, 'r')).entities).toEqual({ task: { id: 'task' } });
  });

  it('survive removals that have not seen them, whichever is later', () => {
    const relations = (...events: readonly unknown[]) => viewOf(...events).entities.task;
    const kept = { id: 'task', relations: [{ id: 'r', by: 'A1' }] };
    expect(relations(add('A1', 1, 'r'), remove('B1', 2, 'r'))).toEqual(kept);
    expect(relations(add('A1', 1, 'r'), remove('B1', 2, 'q', { A: 1 }))).toEqual(kept);
    expect(relations(add('A1', 5, 'r'), remove('B1', 2, 'r', { A: 1 }))).toEqual({ id: 'task' });
    expect(relations(remove('B1', 1, 'r'), add('A1', 5, 'r', { B: 1 }))).toEqual(kept);
    const nameless = eventJson({ at: 'B1', time: 2, seen: { A: 1 } }, 'RelationRemoved', {});
    expect(relations(add('A1', 1), nameless)).toEqual({
      id: 'task',
      relations: [{ by: 'A1' }],
    });
  });

  it('take the place of a field of their name', () => {
    const field = write({ at: 'B1', time: 1 }, 'mine', 'relations');
    expect(viewOf(field).entities.task).toEqual({ id: 'task', relations: 'mine' });
    expect(viewOf(field, add('A1', 1, 'r')).entities.task).toEqual({
      id: 'task',
      relations: [{ id: 'r', by: 'A1' }],
    });
  });
});

describe('entities', () => {
  it('exist once any core event names them, and no other', () => {
    const named = ['RelationRemoved', 'ConflictResolved', 'SomethingNew'].map((type, i) =>
      eventJson({ at: `A${i + 1}`, time: i }, type, {}, type),
    );
    const foreign = eventJson({ at: 'B1', time: 1 }, 'notes.app/Made', { name: 'n' }, 'foreign');
    expect(Object.keys(viewOf(...named, foreign).entities)).toEqual([
      'ConflictResolved',
      'RelationRemoved',
      'SomethingNew',
    ]);
  });
});
