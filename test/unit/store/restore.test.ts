import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRecordStore } from '../../../node/store/index.ts';
import { blockKey, recordKey, sealedKey } from '../../../node/store/record-key.ts';
import type { WholeSegment } from '../../../protocol/engine/index.ts';
import { changeRow, copyOf, flipLast, remove, segmentIn } from '../../support/spoiled-store.ts';
import { testLog } from '../../support/test-log.ts';
import { auditAll, keptRows, makeStoreFolders, readAll, type StoreFolders } from './store-folders.ts';

const { origin } = testLog(1);

let folders: StoreFolders;
beforeEach(async () => {
  folders = await makeStoreFolders();
});
afterEach(() => folders.remove());

/** A segment as a healthy peer has it. */
const healthy = (segment: number): Promise<WholeSegment> =>
  segmentIn(copyOf(folders.tabled), { origin, segment });

describe('a segment that is restored', () => {
  test.each([
    ['a block that has changed', 1, [blockKey(origin, 1)], flipLast],
    ['a block that is missing', 1, [blockKey(origin, 1)], remove],
    ['a sealed manifest that has changed', 0, [sealedKey(origin, 0)], flipLast],
    ['a sealed manifest that is missing', 1, [sealedKey(origin, 1)], remove],
    ['both at the begin of the log', 0, [sealedKey(origin, 0), blockKey(origin, 0)], remove],
    ['both of the last sealed one', 1, [sealedKey(origin, 1), blockKey(origin, 1)], flipLast],
    ['records of the open segment', 2, [recordKey(origin, 10), recordKey(origin, 12)], flipLast],
    ['missing records of the open segment', 2, [11, 12].map((seq) => recordKey(origin, seq)), remove],
  ] as const)('mends %s, and keeps what was there', async (_, segment, keys, change) => {
    const dir = copyOf(folders.tabled);
    const before: Uint8Array[] = [];
    for (const key of keys) {
      await changeRow(dir, key, (value) => {
        const changed = change(value);
        if (changed !== undefined) before.push(changed.slice());
        return changed;
      });
    }
    let store = await openRecordStore(dir);
    expect((await auditAll(store)).faults.length).toBeGreaterThan(0);
    await expect(readAll(store)).rejects.toMatchObject({ code: 'store_damaged' });
    expect(store.damagedSegments()).toEqual([{ origin, segment }]);
    await store.close();
    // The next process knows of it without reading.
    store = await openRecordStore(dir);
    expect(store.damagedSegments()).toEqual([{ origin, segment }]);

    await store.restore(await healthy(segment));
    expect(await readAll(store)).toBe(folders.contents);
    expect((await auditAll(store)).faults).toEqual([]);
    expect(store.damagedSegments()).toEqual([]);
    await store.close();
    store = await openRecordStore(dir);
    expect(store.damagedSegments()).toEqual([]);
    expect(await readAll(store)).toBe(folders.contents);
    await store.close();

    const kept = keptRows(dir).map(({ value }) => Buffer.from(value).toString('hex'));
    for (const value of before) expect(kept).toContain(Buffer.from(value).toString('hex'));
  });

  test('is read anew even when it was read just before', async () => {
    const dir = copyOf(folders.tabled);
    await changeRow(dir, blockKey(origin, 1), flipLast);
    const store = await openRecordStore(dir);
    await expect(store.records(origin, 6, 2)).rejects.toMatchObject({ code: 'store_damaged' });
    await store.restore(await healthy(1));
    expect(await readAll(store)).toBe(folders.contents);
    await store.close();
  });

  test('has to fit between those beside it where its own manifest is lost', async () => {
    const dir = copyOf(folders.tabled);
    await changeRow(dir, sealedKey(origin, 1), remove);
    const store = await openRecordStore(dir);
    const { manifest, records } = await healthy(1);
    const shifted = { ...manifest, firstSeq: manifest.firstSeq + 1 };
    await expect(store.restore({ origin, manifest: shifted, records })).rejects.toThrow(RangeError);
    const shorter = { ...manifest, events: manifest.events - 1 };
    await expect(store.restore({ origin, manifest: shorter, records: records.slice(1) })).rejects.toThrow(
      RangeError,
    );
    expect(keptRows(dir)).toEqual([]);
    await store.close();
  });

  test('waits for the writes before it, and the writes after it for it', async () => {
    const dir = copyOf(folders.tabled);
    await changeRow(dir, recordKey(origin, 11), flipLast);
    const store = await openRecordStore(dir);
    const writes = folders.writes();
    const restoring = store.restore(await healthy(2));
    const writing = store.write([writes.next(testLog(1), 2)], { durable: false });
    await Promise.all([restoring, writing]);
    // The head that it was restored under is not the newest one any more.
    await expect(store.restore(await healthy(2))).rejects.toThrow(RangeError);
    expect((await store.records(origin, 1, 99)).length).toBe(14);
    expect((await auditAll(store)).faults).toEqual([]);
    await store.close();
  });
});

describe('damage', () => {
  test('is told of once, whether a reading meets it or somebody else does', async () => {
    const dir = copyOf(folders.tabled);
    await changeRow(dir, blockKey(origin, 1), flipLast);
    const told: unknown[] = [];
    const store = await openRecordStore(dir, { onDamaged: () => told.push(store.damagedSegments()) });
    await expect(readAll(store)).rejects.toMatchObject({ code: 'store_damaged' });
    await expect(readAll(store)).rejects.toMatchObject({ code: 'store_damaged' });
    // Marks are written one after the other: this one comes last.
    await store.markDamaged([{ origin, segment: 0 }]);
    expect(told).toEqual([
      [{ origin, segment: 1 }],
      [
        { origin, segment: 0 },
        { origin, segment: 1 },
      ],
    ]);
    await store.close();
  });
});
