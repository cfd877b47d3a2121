import { describe, expect, test } from 'vitest';
import { CORE_TYPE } from '../../../protocol/event/index.ts';
import { AuthoredHistory, type LogName, type Stated } from '../../support/authored-history.ts';
import { replicaOf } from '../../support/replica.ts';

const friends = () => {
  const history = new AuthoredHistory();
  const change =
    (type: string) =>
    (log: LogName, id: string, stated: Stated = {}) =>
      history.append({ log, type, payload: { id, target: 'bob' }, ...stated });
  return {
    history,
    add: change(CORE_TYPE.relationAdded),
    remove: change(CORE_TYPE.relationRemoved),
    additions: () =>
      replicaOf(history.events)
        .view()
        .relations.map(({ relation, additions }) => [relation, additions.map(({ id }) => id)]),
  };
};

describe('a relation', () => {
  test('is there once added, and gone once removed', () => {
    const { add, remove, additions } = friends();
    const added = add('A', 'friend');
    expect(additions()).toEqual([['friend', [added.id]]]);
    remove('B', 'friend', { seen: { A: 1 } });
    expect(additions()).toEqual([]);
  });

  test('survives a removal that has not seen it', () => {
    const { add, remove, additions } = friends();
    add('A', 'friend');
    const again = add('C', 'friend');
    remove('B', 'friend', { seen: { A: 1 } });
    expect(additions()).toEqual([['friend', [again.id]]]);
  });

  test('comes back when it is added after its removal', () => {
    const { add, remove, additions } = friends();
    add('A', 'friend');
    remove('A', 'friend');
    const again = add('A', 'friend');
    expect(additions()).toEqual([['friend', [again.id]]]);
  });

  test('is removed by its id on its entity alone', () => {
    const { add, remove, additions } = friends();
    const added = add('A', 'friend');
    remove('A', 'foe');
    remove('A', 'friend', { entityId: 'other' });
    expect(additions()).toEqual([['friend', [added.id]]]);
  });

  test('lists its additions in total order, whatever the order of arrival', () => {
    const { history, add } = friends();
    const late = add('A', 'friend', { timestamp: 9 });
    const early = add('B', 'friend', { timestamp: 3 });
    for (const order of [
      [late, early],
      [early, late],
    ]) {
      expect(
        replicaOf(order)
          .view()
          .relations[0]?.additions.map(({ id }) => id),
      ).toEqual([early.id, late.id]);
    }
    expect(history.events).toHaveLength(2);
  });

  test('leaves no trace in the digest when it is gone, but for its entity', () => {
    const removed = friends();
    removed.add('A', 'friend');
    removed.remove('A', 'friend');
    const touched = friends();
    touched.remove('A', 'friend');
    expect(replicaOf(removed.history.events).digest.toHex()).toBe(
      replicaOf(touched.history.events).digest.toHex(),
    );
  });
});

describe('metrics', () => {
  test('are kept one by one in total order: timestamp, origin, seq', () => {
    const history = new AuthoredHistory();
    const record = (log: LogName, value: number, timestamp: number) =>
      history.append({ log, type: CORE_TYPE.metricRecorded, payload: { value }, timestamp });
    record('B', 4, 10);
    record('A', 2, 10);
    record('A', 3, 10);
    record('C', 1, 9);
    record('C', 5, 8_640_000_000_000_000);
    const values = replicaOf(history.events)
      .view()
      .metrics.map(({ payload }) => payload.value);
    expect(values).toEqual([1, 2, 3, 4, 5]);
  });

  test('of equal content count each', () => {
    const history = new AuthoredHistory();
    for (const log of ['A', 'B', 'A'] as const) {
      history.append({ log, type: CORE_TYPE.metricRecorded, payload: { steps: 1 }, timestamp: 5 });
    }
    expect(replicaOf(history.events).view().metrics).toHaveLength(3);
  });
});
