import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { decodeAnyBlock } from '../../../node/store/block-layouts.ts';
import { openRecordAudit, openRecordStore } from '../../../node/store/index.ts';
import { blockKey, journalKey, storeKey } from '../../../node/store/record-key.ts';
import { BLOCK_LAYOUT, LAYOUT_AT } from '../../../node/store/segment-block.ts';
import { changeRow, copyOf, flipByte, flipLast } from '../../support/spoiled-store.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';
import { auditAll, keptRows, makeStoreFolders } from './store-folders.ts';

/** What a program of that format wrote by the steps of {@link makeStoreFolders}, its LOCK and LOG left out. */
const madeBy = (format: number): string =>
  fileURLToPath(new URL(`../../fixtures/stores/format-${format}`, import.meta.url));

test.each([
  [1, [1, 2, 3, 4, 6, 7, 8, 9].map(journalKey)],
  [2, []],
])('a store of format %i becomes one of the present format, and what goes is kept', async (format, gone) => {
  const dir = copyOf(madeBy(format));
  const before = await openRecordAudit(dir);
  expect(before.files).toEqual([]);
  expect((await auditAll(before)).faults).toEqual([]);
  await before.close();

  for (const round of ['migrating', 'again']) {
    const store = await openRecordStore(dir);
    expect(store.arrivals(), round).toBe(10);
    const arrivals: unknown[] = [];
    for await (const arrival of store.journal(0)) arrivals.push(arrival);
    expect(arrivals, round).toEqual([
      { arrival: 5, origin: testLog(1).origin, seq: 12 },
      { arrival: 10, origin: testLog(2).origin, seq: 12 },
    ]);
    for (const { origin } of [testLog(1), testLog(2)]) {
      expect(await store.records(origin, 1, 99)).toEqual(numberedRecords(1, 12));
    }
    expect(await store.evidence()).toEqual([]);
    expect((await auditAll(store)).faults, round).toEqual([]);
    await store.close();
  }

  expect(keptRows(dir).map(({ key }) => key)).toEqual([storeKey(), ...gone]);
});

test.each([1, 2])('a store of format %i goes on as one that was made today', async (format) => {
  const folders = await makeStoreFolders();
  const { origin } = testLog(1);
  const dir = copyOf(madeBy(format));
  const store = await openRecordStore(dir);
  const writes = folders.writes();
  await store.write([writes.next(testLog(1), 3)], { durable: true });
  expect(await store.records(origin, 1, 99)).toEqual(numberedRecords(1, 15));
  // What has been sealed stays as it is; what is sealed now is compressed.
  await store.write([writes.next(testLog(1), 300, { sealed: true })], { durable: true });
  expect(await store.records(origin, 1, 999)).toEqual(numberedRecords(1, 315));
  expect((await auditAll(store)).faults).toEqual([]);
  await store.close();
  const layouts: unknown[] = [];
  for (const segment of [0, 1, 2]) {
    await changeRow(dir, blockKey(origin, segment), (value) => {
      layouts.push(value[LAYOUT_AT + 1]);
      return value;
    });
  }
  expect(layouts).toEqual([0, 0, BLOCK_LAYOUT]);
  folders.remove();
});

test('a record of a store of format 2 that has changed costs that record alone', async () => {
  const dir = copyOf(madeBy(2));
  const { origin } = testLog(1);
  await changeRow(dir, blockKey(origin, 1), flipLast);
  const store = await openRecordStore(dir);
  expect((await auditAll(store)).faults).toEqual([`${origin}, segment 1, seq 9: the record has changed`]);
  expect(await store.records(origin, 6, 3)).toEqual(numberedRecords(6, 3));
  expect(() => store.record(origin, 9)).toThrow(expect.objectContaining({ code: 'store_damaged' }));
  await store.close();
});

test('a segment of a store of format 2 with any byte changed is refused, or the record that holds it is', async () => {
  const dir = copyOf(madeBy(2));
  const key = blockKey(testLog(1).origin, 1);
  let value = new Uint8Array();
  await changeRow(dir, key, (stored) => {
    value = stored.slice();
    return stored;
  });
  const sound = numberedRecords(6, 4);
  const recordsAt = 8 + sound.length * 8;
  for (let offset = 0; offset < value.length; offset += 1) {
    const block = decodeAnyBlock(key, flipByte(value, offset));
    expect(block === undefined, `byte ${offset}`).toBe(offset < recordsAt);
    if (block === undefined) continue;
    const read = sound.map((_, index) => block.record(index));
    expect(read.filter(({ ok }) => !ok).length, `byte ${offset}`).toBe(1);
    for (const [index, record] of read.entries()) if (record.ok) expect(record.value).toEqual(sound[index]);
  }
  for (let length = 0; length < value.length; length += 1) {
    expect(decodeAnyBlock(key, value.slice(0, length))).toBeUndefined();
  }
});
