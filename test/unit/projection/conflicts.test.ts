import { describe, expect, test } from 'vitest';
import { CORE_TYPE } from '../../../protocol/event/index.ts';
import { AuthoredHistory } from '../../support/authored-history.ts';
import { replicaOf } from '../../support/replica.ts';

const COLOR = { entityId: 'entity', field: 'color' };

const viewOf = (history: AuthoredHistory) => replicaOf(history.events).view();

/** A writes red and B writes blue, neither seeing the other: an open conflict that blue wins. */
const redAgainstBlue = () => {
  const history = new AuthoredHistory();
  const red = history.update('A', { color: 'red' });
  const blue = history.update('B', { color: 'blue' });
  return { history, red, blue };
};

describe('an open conflict', () => {
  test('is two concurrent writes of different values; the later in the total order wins for now', () => {
    const { history, red, blue } = redAgainstBlue();
    expect(viewOf(history).openConflicts).toEqual([
      { ...COLOR, candidates: [red.id, blue.id], winner: blue.id },
    ]);
  });

  test('has all three candidates in total order when three devices wrote', () => {
    const { history, red, blue } = redAgainstBlue();
    const green = history.update('C', { color: 'green' }, { timestamp: 0 });
    expect(viewOf(history).openConflicts).toEqual([
      { ...COLOR, candidates: [green.id, red.id, blue.id], winner: blue.id },
    ]);
  });

  test('lists a head whose value equals another one, as long as any third differs', () => {
    const { history, red, blue } = redAgainstBlue();
    const alsoBlue = history.update('C', { color: 'blue' });
    expect(viewOf(history).openConflicts).toEqual([
      { ...COLOR, candidates: [red.id, blue.id, alsoBlue.id], winner: alsoBlue.id },
    ]);
  });

  test('is not the same value written concurrently, whatever the order of keys', () => {
    const history = new AuthoredHistory();
    history.update('A', { size: { width: 1, height: 2 } });
    history.update('B', { size: { height: 2, width: 1 } });
    const view = viewOf(history);
    expect(view.registers[0]?.heads).toHaveLength(2);
    expect(view.openConflicts).toEqual([]);
  });

  test.each([
    ['null and no text', null, ''],
    ['a number and its text', 1, '1'],
    ['false and zero', false, 0],
    ['an empty array and an empty object', [], {}],
  ])('is %s: those are different values', (_, one, other) => {
    const history = new AuthoredHistory();
    history.update('A', { color: one });
    history.update('B', { color: other });
    expect(viewOf(history).openConflicts).toHaveLength(1);
  });

  test('is not two writes to different fields or entities', () => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' });
    history.update('B', { size: 'blue' });
    history.update('C', { color: 'blue' }, { entityId: 'other' });
    expect(viewOf(history).openConflicts).toEqual([]);
  });

  test('loses a candidate to a write that saw just that one, and stays open', () => {
    const { history, red } = redAgainstBlue();
    const green = history.update('B', { color: 'green' });
    const view = viewOf(history);
    expect(view.openConflicts).toEqual([{ ...COLOR, candidates: [red.id, green.id], winner: green.id }]);
    expect(view.closedConflicts).toEqual([]);
  });
});

describe('a resolution', () => {
  test('writes the chosen value and closes the conflict', () => {
    const { history, red, blue } = redAgainstBlue();
    const choice = history.resolve('B', 'color', red, { seen: { A: 1 } });
    const view = viewOf(history);
    expect(view.registers).toEqual([{ ...COLOR, value: 'red', heads: [{ id: choice.id, value: 'red' }] }]);
    expect(view.openConflicts).toEqual([]);
    expect(view.closedConflicts).toEqual([
      {
        ...COLOR,
        candidates: [red.id, blue.id],
        closedBy: choice.id,
        kind: 'resolved',
        chosen: red.id,
      },
    ]);
  });

  test('conflicts with a concurrent one that chose differently', () => {
    const { history, red, blue } = redAgainstBlue();
    const forRed = history.resolve('B', 'color', red, { seen: { A: 1 } });
    const forBlue = history.resolve('A', 'color', blue, { seen: { B: 1 } });
    const view = viewOf(history);
    expect(view.openConflicts).toEqual([
      { ...COLOR, candidates: [forRed.id, forBlue.id], winner: forBlue.id },
    ]);
    expect(view.closedConflicts).toHaveLength(2);
  });

  test('agrees with a concurrent one that chose the same value', () => {
    const { history, red } = redAgainstBlue();
    history.resolve('B', 'color', red, { seen: { A: 1 } });
    history.resolve('A', 'color', red, { seen: { B: 1 } });
    const view = viewOf(history);
    expect(view.openConflicts).toEqual([]);
    expect(view.registers).toMatchObject([{ value: 'red', heads: [{}, {}] }]);
  });

  test('leaves open what it has not seen: a third, concurrent write', () => {
    const { history, red } = redAgainstBlue();
    const choice = history.resolve('B', 'color', red, { seen: { A: 1 } });
    const green = history.update('C', { color: 'green' });
    expect(viewOf(history).openConflicts).toEqual([
      { ...COLOR, candidates: [choice.id, green.id], winner: green.id },
    ]);
  });

  test('gives way to any later write that saw it', () => {
    const { history, red } = redAgainstBlue();
    history.resolve('B', 'color', red, { seen: { A: 1 } });
    history.update('A', { color: 'green' }, { seen: { B: 2 } });
    const view = viewOf(history);
    expect(view.registers).toMatchObject([{ value: 'green', heads: [{ value: 'green' }] }]);
    expect(view.closedConflicts).toMatchObject([{ kind: 'resolved' }]);
  });

  test('may choose another resolution, and then writes what that one wrote', () => {
    const { history, red, blue } = redAgainstBlue();
    const forRed = history.resolve('B', 'color', red, { seen: { A: 1 } });
    history.resolve('A', 'color', blue, { seen: { B: 1 } });
    const last = history.resolve('C', 'color', forRed, { seen: { A: 2, B: 2 } });
    const view = viewOf(history);
    expect(view.registers).toMatchObject([{ value: 'red', heads: [{ id: last.id, value: 'red' }] }]);
    expect(view.closedConflicts).toHaveLength(3);
  });

  test('may bring back a value that was superseded long ago', () => {
    const history = new AuthoredHistory();
    const red = history.update('A', { color: 'red' });
    history.update('A', { color: 'blue' });
    history.update('A', { color: 'green' });
    history.resolve('A', 'color', red);
    const view = viewOf(history);
    expect(view.registers).toMatchObject([{ value: 'red' }]);
    expect(view.closedConflicts).toEqual([]);
  });
});

describe('a resolution that was imported', () => {
  /** The imported conflict of red and blue, whose ids elsewhere were old-1 and old-2. */
  const importedConflict = () => {
    const history = new AuthoredHistory();
    const red = history.update('A', { color: 'red' }, { source: { id: 'old-1' } });
    const blue = history.update('B', { color: 'blue' }, { source: { id: 'old-2' } });
    return { history, red, blue };
  };

  test('names the event that it chose by the id that it had elsewhere', () => {
    const { history, red } = importedConflict();
    history.resolve('B', 'color', { id: 'old-1' }, { seen: { A: 1 } });
    const view = viewOf(history);
    expect(view.registers).toMatchObject([{ value: 'red' }]);
    expect(view.closedConflicts).toMatchObject([{ kind: 'resolved', chosen: red.id }]);
  });

  test('takes the first import by origin and seq, of those that it has seen and that write the register', () => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' }, { source: { id: 'old' } });
    history.update('B', { size: 1 }, { source: { id: 'old' } });
    const blue = history.update('B', { color: 'blue' }, { source: { id: 'old' } });
    history.update('B', { color: 'green' }, { source: { id: 'old' } });
    history.resolve('C', 'color', { id: 'old' }, { seen: { B: 3 } });
    expect(viewOf(history).registers[0]).toMatchObject({ field: 'color', value: 'blue' });
    expect(blue.seq).toBe(2);
  });

  test('is not swayed by an event that it has not seen, whose own id is the name that it used', () => {
    // Were the event with that id looked up first and alone, replicas that hold it would find the choice
    // unseen, and the others would find the import.
    const history = new AuthoredHistory();
    const red = history.update('A', { color: 'red' });
    const copy = history.update('B', { color: 'blue' }, { source: { id: red.id } });
    const choice = history.resolve('B', 'color', red);
    const redFirst = replicaOf([red, copy, choice]);
    const redLast = replicaOf([copy, choice, red]);
    expect(redLast.rowList()).toEqual(redFirst.rowList());
    expect(redFirst.view().invalidResolutions).toEqual([]);
  });

  test('never chooses itself, though it was imported under the very id that it chose', () => {
    const history = new AuthoredHistory();
    history.update('B', { color: 'red' }, { source: { id: 'old' } });
    const choice = history.resolve('A', 'color', { id: 'old' }, { source: { id: 'old' }, seen: { B: 1 } });
    history.resolve('A', 'color', choice);
    expect(viewOf(history).registers).toMatchObject([{ value: 'red' }]);
  });
});

describe('an invalid resolution is listed and changes nothing', () => {
  test.each([
    ['chose an event that it has not seen', {}],
    ['has seen the log of the chosen event, but not that far', { seen: { B: 1 } }],
  ])('when it %s', (_, stated) => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' });
    history.update('B', { size: 1 });
    const blue = history.update('B', { color: 'blue' });
    const choice = history.resolve('A', 'color', blue, stated);
    const view = viewOf(history);
    expect(view.invalidResolutions).toEqual([{ ...COLOR, id: choice.id }]);
    expect(view.openConflicts).toHaveLength(1);
    expect(view.closedConflicts).toEqual([]);
    expect(view.writes.map(({ id }) => id)).not.toContain(choice.id);
  });

  test('when it chose what is no event at all', () => {
    const history = new AuthoredHistory();
    const choice = history.resolve('A', 'color', { id: 'nothing' });
    const view = viewOf(history);
    expect(view.invalidResolutions).toEqual([{ ...COLOR, id: choice.id }]);
    expect(view).toMatchObject({ entities: ['entity'], registers: [] });
  });

  test('when the chosen event writes another field, another entity, or nothing', () => {
    const { history, red } = redAgainstBlue();
    const metric = history.append({ log: 'A', type: CORE_TYPE.metricRecorded, payload: { color: 1 } });
    const invalid = history.resolve('A', 'color', { id: 'nothing' });
    const choices = [
      history.resolve('A', 'size', red),
      history.resolve('A', 'color', red, { entityId: 'other' }),
      history.resolve('A', 'color', metric),
      history.resolve('A', 'color', invalid),
      history.resolve('A', 'toString', red),
    ];
    const view = viewOf(history);
    expect(new Set(view.invalidResolutions.map(({ id }) => id))).toEqual(
      new Set([invalid, ...choices].map(({ id }) => id)),
    );
    expect(view.openConflicts).toHaveLength(1);
  });
});

describe('a closed conflict', () => {
  test('is superseded by a plain write that saw it', () => {
    const { history, red, blue } = redAgainstBlue();
    const green = history.update('C', { color: 'green' }, { seen: { A: 1, B: 1 } });
    const view = viewOf(history);
    expect(view.openConflicts).toEqual([]);
    expect(view.closedConflicts).toEqual([
      { ...COLOR, candidates: [red.id, blue.id], closedBy: green.id, kind: 'superseded' },
    ]);
  });

  test('has its candidates in total order, which need not be that of the origins', () => {
    const history = new AuthoredHistory();
    const red = history.update('A', { color: 'red' }, { timestamp: 7 });
    const blue = history.update('B', { color: 'blue' }, { timestamp: 3 });
    history.update('C', { color: 'green' }, { seen: { A: 1, B: 1 } });
    expect(viewOf(history).closedConflicts).toMatchObject([{ candidates: [blue.id, red.id] }]);
  });

  test('is closed once by each event that saw it, and each says so', () => {
    const { history } = redAgainstBlue();
    history.update('C', { color: 'green' }, { seen: { A: 1, B: 1 } });
    history.update('D', { color: 'black' }, { seen: { A: 1, B: 1 } });
    const view = viewOf(history);
    expect(view.closedConflicts).toHaveLength(2);
    expect(view.openConflicts).toHaveLength(1);
  });

  test('is none where the same value had been written concurrently', () => {
    const history = new AuthoredHistory();
    history.update('A', { color: 'red' });
    history.update('B', { color: 'red' });
    history.update('C', { color: 'green' }, { seen: { A: 1, B: 1 } });
    expect(viewOf(history).closedConflicts).toEqual([]);
  });

  test('counts values, not heads, when what the event saw has been superseded elsewhere since', () => {
    const { history, red, blue } = redAgainstBlue();
    history.update('C', { color: 'green' }, { seen: { A: 1, B: 1 } });
    const late = history.update('D', { color: 'black' }, { seen: { A: 1, B: 1 } });
    expect(viewOf(history).closedConflicts).toContainEqual({
      ...COLOR,
      candidates: [red.id, blue.id],
      closedBy: late.id,
      kind: 'superseded',
    });
  });
});
