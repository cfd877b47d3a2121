import { describe, expect, test, vi } from 'vitest';
import { jsonObject } from '../../../protocol/bytes/index.ts';
import { CORE_TYPE } from '../../../protocol/event/index.ts';
import { rowKey } from '../../../protocol/projection/index.ts';
import { AuthoredHistory, ORIGINS } from '../../support/authored-history.ts';
import { replicaOf } from '../../support/replica.ts';

const registersOf = (history: AuthoredHistory) => replicaOf(history.events).view().registers;

describe('a register', () => {
  test('holds what EntityCreated and StateUpdated write, field by field', () => {
    const history = new AuthoredHistory();
    const created = history.append({
      log: 'A',
      type: CORE_TYPE.entityCreated,
      payload: { name: 'lamp', on: false },
    });
    const updated = history.update('A', { on: true });
    expect(registersOf(history)).toEqual([
      { entityId: 'entity', field: 'name', value: 'lamp', heads: [{ id: created.id, value: 'lamp' }] },
      { entityId: 'entity', field: 'on', value: true, heads: [{ id: updated.id, value: true }] },
    ]);
  });

  test('shows a write that saw another, even when its timestamp is the lower one', () => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' }, { timestamp: 9 });
    history.update('B', { color: 'blue' }, { timestamp: 3, seen: { A: 1 } });
    expect(registersOf(history)).toMatchObject([{ value: 'blue', heads: [{ value: 'blue' }] }]);
  });

  test('sees through others: C saw B, and B had seen A', () => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' });
    history.update('B', { note: 'unrelated' }, { seen: { A: 1 } });
    history.update('C', { color: 'blue' }, { seen: { B: 1 } });
    expect(registersOf(history)[0]).toMatchObject({ heads: [{ value: 'blue' }] });
  });

  test('keeps all writes that do not see each other, and shows the last in the total order', () => {
    const history = new AuthoredHistory();
    history.update('C', { color: 'green' }, { timestamp: 5 });
    history.update('B', { color: 'blue' }, { timestamp: 7 });
    history.update('A', { color: 'red' }, { timestamp: 5 });
    expect(registersOf(history)).toMatchObject([
      { value: 'blue', heads: [{ value: 'red' }, { value: 'green' }, { value: 'blue' }] },
    ]);
  });

  test('reads no other row than its own for a write that follows another', () => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' });
    const again = history.update('A', { color: 'blue' });
    const replica = replicaOf(history.events.slice(0, 1));
    const read = vi.spyOn(replica.rows, 'get');
    replica.apply(again);
    expect(new Set(read.mock.calls.flat())).toEqual(new Set([rowKey('register', 'entity', 'color')]));
    expect(replica.counts.entities).toBe(1);
  });

  test('makes its entity, whichever of its fields were written before', () => {
    const history = new AuthoredHistory();
    history.update('A', {});
    expect(replicaOf(history.events).counts.entities).toBe(1);
    history.update('A', { color: 'red' });
    history.update('A', { color: 'blue', size: 3 });
    expect(replicaOf(history.events).counts.entities).toBe(1);
    expect(replicaOf(history.events).view().entities).toHaveLength(1);
  });

  test('holds null as a value like any other', () => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' });
    history.update('A', { color: null });
    expect(registersOf(history)).toMatchObject([{ value: null, heads: [{ value: null }] }]);
  });

  test('has a name of its own whatever the characters in it', () => {
    const history = new AuthoredHistory();
    const names = [
      '',
      '__proto__',
      'constructor',
      '10',
      '9',
      'a\u0000b',
      'a\u0001nb',
      'a\u0001eb',
      '\u{1F600}',
    ];
    for (const entityId of names.slice(1)) {
      history.update('A', jsonObject(names.map((field) => [field, `${entityId}/${field}`])), { entityId });
    }
    const registers = registersOf(history);
    expect(registers).toHaveLength((names.length - 1) * names.length);
    for (const { entityId, field, value } of registers) expect(value).toBe(`${entityId}/${field}`);
  });

  test('is not touched by types that the core does not know', () => {
    const history = new AuthoredHistory();
    history.append({ log: 'A', type: 'plos.core/Unheard', payload: { color: 'red' } });
    history.append({ log: 'A', type: 'example.app/StateUpdated', payload: { color: 'red' } });
    const replica = replicaOf(history.events);
    expect(replica.view()).toMatchObject({ entities: [], registers: [] });
    expect(replica.counts).toMatchObject({ events: 2, entities: 0 });
    expect(replica.digest.toHex()).toBe('0'.repeat(64));
  });
});

describe('rows of the projection', () => {
  test('list the edges of the register graph in order of origin, in whichever order events came', () => {
    // Found by the property "does not depend on the order in which ready events are applied": D walks back
    // through C's write when that was applied first, and came upon its predecessors the other way round.
    const history = new AuthoredHistory();
    const a = history.update('A', { color: 'red' });
    const b = history.update('B', { color: 'blue' });
    const c = history.update('C', { color: 'green' }, { seen: { A: 1, B: 1 } });
    const d = history.update('D', { color: 'black' }, { seen: { A: 1, B: 1 } });
    const cFirst = replicaOf([a, b, c, d]);
    const dFirst = replicaOf([b, a, d, c]);
    expect(cFirst.rowList()).toEqual(dFirst.rowList());
    const row = cFirst.rows.get(rowKey('closed', 'entity', 'color', ORIGINS.D, '0000000000000001'));
    expect(JSON.parse(row ?? '')).toMatchObject({
      candidates: [
        [ORIGINS.A, 1],
        [ORIGINS.B, 1],
      ],
    });
  });

  test('list all imports of one foreign event, in order of origin and seq', () => {
    const history = new AuthoredHistory();
    for (const log of ['B', 'A', 'A'] as const) history.update(log, {}, { source: { id: 'old' } });
    for (const order of [history.events, history.events.slice(1).concat(history.events.slice(0, 1))]) {
      const row = replicaOf(order).rows.get(rowKey('source', 'old'));
      expect(JSON.parse(row ?? '')).toEqual([
        [ORIGINS.A, 1],
        [ORIGINS.A, 2],
        [ORIGINS.B, 1],
      ]);
    }
  });
});
