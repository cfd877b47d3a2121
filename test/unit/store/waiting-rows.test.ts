import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WaitingRows } from '../../../node/store/waiting-rows.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Rows over a store that notes what it is given, and is as fast as it is told to be. */
const rig = (store: () => Promise<void> = async () => undefined) => {
  const stored: (readonly [string, unknown])[][] = [];
  const failures: Error[] = [];
  const rows = new WaitingRows(
    async (writes) => {
      stored.push(writes.map(({ key, row }) => [key, row]));
      await store();
    },
    (error) => failures.push(error),
  );
  return { rows, stored, failures };
};

test('rows can be read at once, and are stored together after a moment', async () => {
  const { rows, stored } = rig();
  await rows.write([
    { key: 'a', row: 1 },
    { key: 'b', row: 1 },
  ]);
  await rows.write([{ key: 'a', row: 2 }]);
  await rows.write([{ key: 'b', row: null }]);
  expect([rows.get('a'), rows.get('b'), rows.get('c')]).toEqual([2, null, undefined]);
  expect(stored).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  const all = [
    ['a', 2],
    ['b', null],
  ];
  expect(stored).toEqual([all]);
  expect([rows.get('a'), rows.get('b')]).toEqual([undefined, undefined]);
  await rows.flush();
  expect(stored).toEqual([all]);
});

test('rows are read as they were written last, also while others are on their way', async () => {
  const gate = Promise.withResolvers<void>();
  const { rows, stored } = rig(() => gate.promise);
  await rows.write([
    { key: 'a', row: 1 },
    { key: 'b', row: 1 },
  ]);
  const first = rows.flush();
  await vi.waitFor(() => expect(stored).toHaveLength(1));
  await rows.write([{ key: 'a', row: null }]);
  const second = rows.flush();
  expect([rows.get('a'), rows.get('b')]).toEqual([null, 1]);
  gate.resolve();
  await Promise.all([first, second]);
  expect(stored[1]).toEqual([['a', null]]);
});

/** Rows of so many keys. */
const rowsOf = (count: number, prefix = '') =>
  Array.from({ length: count }, (_, i) => ({ key: `${prefix}${i}`, row: i }));

test.each([
  ['many at once', [rowsOf(300)]],
  [
    'so many one after the other that no more are to wait',
    [rowsOf(200, 'a'), rowsOf(200, 'b'), rowsOf(200, 'c'), rowsOf(200, 'd'), rowsOf(224, 'e')],
  ],
])('who writes %s waits until they are stored', async (_, writes) => {
  const gate = Promise.withResolvers<void>();
  const { rows, stored } = rig(() => gate.promise);
  for (const few of writes.slice(0, -1)) await rows.write(few);
  expect(stored).toEqual([]);
  let isDone = false;
  const written = rows.write(writes.at(-1) ?? []).then(() => {
    isDone = true;
  });
  await vi.waitFor(() => expect(stored).toHaveLength(1));
  expect(isDone).toBe(false);
  gate.resolve();
  await written;
});

test('what is written last is stored last, whoever waits', async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const opened = gates.values();
  const { rows, stored } = rig(() => opened.next().value?.promise ?? Promise.resolve());
  await rows.write([{ key: 'a', row: 1 }]);
  const first = rows.flush();
  await rows.write([{ key: 'a', row: 2 }]);
  const many = rows.write([{ key: 'a', row: 3 }, ...rowsOf(300)]);
  await rows.write([{ key: 'a', row: 4 }]);
  expect(rows.get('a')).toBe(4);
  for (const { resolve } of gates) resolve();
  await Promise.all([first, many, rows.flush()]);
  expect(stored.map(([row]) => row)).toEqual([1, 2, 3, 4].map((value) => ['a', value]));
});

test('a store that fails is told at once, and to whoever writes next; it is left alone, and what it has not taken can be read', async () => {
  const failure = new Error('no space left');
  const { rows, stored, failures } = rig(() => Promise.reject(failure));
  await rows.write([{ key: 'a', row: 1 }]);
  await vi.advanceTimersByTimeAsync(100);
  expect(failures).toEqual([failure]);
  await expect(rows.write([{ key: 'b', row: 1 }])).rejects.toBe(failure);
  await expect(rows.flush()).rejects.toBe(failure);
  expect(stored).toHaveLength(1);
  expect([rows.get('a'), rows.get('b')]).toEqual([1, undefined]);
});

test('what waits is forgotten with all else, once nothing is on its way', async () => {
  const gate = Promise.withResolvers<void>();
  const { rows, stored } = rig(() => gate.promise);
  await rows.write([{ key: 'a', row: 1 }]);
  const flushed = rows.flush();
  await vi.waitFor(() => expect(stored).toHaveLength(1));
  await rows.write([{ key: 'b', row: 1 }]);
  let isClear = false;
  const cleared = rows.clear().then(() => {
    isClear = true;
  });
  expect([rows.get('b'), isClear]).toEqual([undefined, false]);
  gate.resolve();
  await Promise.all([flushed, cleared]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stored).toHaveLength(1);
  expect(rows.get('a')).toBeUndefined();
});
