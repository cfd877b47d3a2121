import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StateRow, StateStore } from '../../protocol/engine/index.ts';

/** How the suite gets the stores that it tests. */
export interface StateStoreHarness {
  /** A store that is empty. */
  open(): Promise<StateStore>;
  /** The store of the last `open` as it is after a restart; absent when the implementation keeps nothing. */
  readonly reopen?: () => Promise<StateStore>;
  close(): Promise<void>;
}

/** Keys in the order of their UTF-8 bytes; by UTF-16 code units the last two would change places. */
const ORDERED_KEYS = ['', '\0', ' ', '/', '0', 'a', 'a\0', 'a\0b', 'aa', 'b', 'é', '€', '\uffee', '😀'];

const ROWS: readonly (readonly [string, StateRow])[] = [
  ['an empty string', ''],
  ['an empty object', {}],
  ['an empty list', []],
  ['false', false],
  ['zero', 0],
  ['text beyond ASCII', 'é€😀'],
  ['nesting', { a: [1, { b: [null, 'x'] }], '': null }],
  ['a member named __proto__', JSON.parse('{"__proto__":{"a":1}}')],
];

/** What every implementation of the {@link StateStore} port must do. */
export const stateStoreConformance = (name: string, harness: StateStoreHarness): void => {
  describe(`state store port: ${name}`, () => {
    let store: StateStore;

    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(() => harness.close());

    test.each(ROWS)('keeps a row as it is: %s', async (_, row) => {
      await store.write([{ key: 'k', row }]);
      expect(store.get('k')).toEqual(row);
      if (harness.reopen) store = await harness.reopen();
      expect(harness.reopen ? store.get('k') : row).toEqual(row);
      expect(await scanned(store, '')).toEqual([['k', row]]);
    });

    test('knows nothing of what was never written, deleted, or cleared', async () => {
      expect(store.get('a')).toBeUndefined();
      await store.write([
        { key: 'a', row: 1 },
        { key: 'b', row: 2 },
      ]);
      await store.write([{ key: 'a', row: null }]);
      expect(store.get('a')).toBeUndefined();
      expect(await scanned(store, '')).toEqual([['b', 2]]);
      await store.clear();
      expect(await scanned(store, '')).toEqual([]);
      await store.write([{ key: 'c', row: 3 }]);
      if (harness.reopen) store = await harness.reopen();
      expect(await scanned(store, '')).toEqual([['c', 3]]);
    });

    test('knows nothing of what it held when it was opened, and was deleted since', async () => {
      await store.write([
        { key: 'a', row: 1 },
        { key: 'b', row: 1 },
      ]);
      if (harness.reopen) store = await harness.reopen();
      await store.write([{ key: 'a', row: null }]);
      expect(store.get('a')).toBeUndefined();
      expect(await scanned(store, '')).toEqual([['b', 1]]);
      expect(store.get('a')).toBeUndefined();
    });

    test('of several writes to one key in a batch the last counts', async () => {
      await store.write([
        { key: 'a', row: 1 },
        { key: 'a', row: null },
        { key: 'b', row: 1 },
        { key: 'b', row: 2 },
      ]);
      expect(await scanned(store, '')).toEqual([['b', 2]]);
    });

    test('scans in the order of UTF-8 bytes, whatever the order of writing', async () => {
      await store.write([...ORDERED_KEYS].reverse().map((key) => ({ key, row: key })));
      expect(await scanned(store, '')).toEqual(ORDERED_KEYS.map((key) => [key, key]));
    });

    test('scans exactly the keys with a prefix', async () => {
      await store.write(ORDERED_KEYS.map((key) => ({ key, row: key })));
      for (const prefix of [...ORDERED_KEYS, 'zz', '\u00e8', 'a\0']) {
        const expected = ORDERED_KEYS.filter((key) => key.startsWith(prefix));
        expect((await scanned(store, prefix)).map(([key]) => key)).toEqual(expected);
      }
    });

    test('a scan sees the rows as they were when it began', async () => {
      await store.write([
        { key: 'a', row: 1 },
        { key: 'b', row: 1 },
      ]);
      const seen: StateRow[] = [];
      for await (const [key, row] of store.scan('')) {
        seen.push([key, row]);
        await store.write([
          { key: 'b', row: 2 },
          { key: 'c', row: 2 },
        ]);
      }
      expect(seen).toEqual([
        ['a', 1],
        ['b', 1],
      ]);
    });
  });
};

const scanned = async (
  store: StateStore,
  prefix: string,
): Promise<readonly (readonly [string, StateRow])[]> => {
  const rows: (readonly [string, StateRow])[] = [];
  for await (const row of store.scan(prefix)) rows.push(row);
  return rows;
};
