import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openRecordAudit, openRecordStore } from '../../../node/store/index.ts';
import { journalKey, storeKey } from '../../../node/store/record-key.ts';
import { copyOf } from '../../support/spoiled-store.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';
import { auditAll, keptRows, makeStoreFolders } from './store-folders.ts';

/** What a program of format 1 wrote by the steps of {@link makeStoreFolders}, its LOCK and LOG left out. */
const FORMAT_1 = fileURLToPath(new URL('../../fixtures/stores/format-1', import.meta.url));

test('a store of format 1 becomes one of the present format, and what goes is kept', async () => {
  const dir = copyOf(FORMAT_1);
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

  const old = [1, 2, 3, 4, 6, 7, 8, 9].map(journalKey);
  expect(keptRows(dir).map(({ key }) => key)).toEqual([storeKey(), ...old]);
});

test('a store of format 1 goes on as one that was made today', async () => {
  const folders = await makeStoreFolders();
  const dir = copyOf(FORMAT_1);
  const store = await openRecordStore(dir);
  await store.write([folders.writes().next(testLog(1), 3)], { durable: true });
  expect(await store.records(testLog(1).origin, 1, 99)).toEqual(numberedRecords(1, 15));
  expect((await auditAll(store)).faults).toEqual([]);
  await store.close();
  folders.remove();
});
