import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type LevelRecordStore,
  openRecordStore,
  openStateStore,
  wipeStateStore,
} from '../../../node/store/index.ts';
import {
  blockKey,
  evidenceKey,
  journalKey,
  recordKey,
  sealedKey,
  storeKey,
  tailKey,
} from '../../../node/store/record-key.ts';
import { packRow } from '../../../node/store/row.ts';
import type { Arrival } from '../../../protocol/engine/index.ts';
import { writeSequence } from '../../support/log-writes.ts';
import { changeRow, copyOf, flipByte, flipLast, putRow, remove } from '../../support/spoiled-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';
import { auditAll, keptRows, makeStoreFolders, type StoreFolders } from './store-folders.ts';

const { origin } = testLog(1);
const damage = (place: string) => ({ code: 'store_damaged', message: expect.stringContaining(place) });

let folders: StoreFolders;
let store: LevelRecordStore | undefined;
beforeEach(async () => {
  folders = await makeStoreFolders();
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  folders.remove();
});

let spoiledDir = '';

const spoiled = async (
  key: Uint8Array,
  change: (value: Uint8Array) => Uint8Array | undefined,
  dir = copyOf(folders.tabled),
): Promise<LevelRecordStore> => {
  spoiledDir = dir;
  await changeRow(dir, key, change);
  store = await openRecordStore(dir);
  return store;
};

const arrivalsOf = async (opened: LevelRecordStore, after = 0): Promise<readonly Arrival[]> => {
  const arrivals: Arrival[] = [];
  for await (const arrival of opened.journal(after)) arrivals.push(arrival);
  return arrivals;
};

/** Keys of the rows in quarantine, in the order in which they were put there. */
const keptKeys = (): readonly Uint8Array[] => keptRows(spoiledDir).map(({ key }) => key);

describe('a damaged row is found by reading it, and named by the audit', () => {
  test('any byte of a block: every record of a segment that is one chunk', async () => {
    const dir = copyOf(folders.tabled);
    const key = blockKey(origin, 1);
    let original = new Uint8Array();
    await changeRow(dir, key, (value) => {
      original = value.slice();
      return value;
    });
    for (let offset = 0; offset < original.length; offset += 1) {
      await changeRow(dir, key, () => flipByte(original, offset));
      store = await openRecordStore(dir);
      const opened = store;
      const { faults } = await auditAll(opened);
      expect(faults.length, `byte ${offset}`).toBeGreaterThan(0);
      expect(faults.every((fault) => fault.startsWith(`${origin}, segment 1, seq `))).toBe(true);
      await expect(opened.range(origin, 1, 0)).rejects.toMatchObject(damage(`log ${origin}, segment 1, seq`));
      expect(await opened.records(origin, 1, 5)).toEqual(numberedRecords(1, 5));
      await opened.close();
    }
  });

  test('the last chunk of a block: the others can still be read', async () => {
    const dir = `${temporaryFolder()}/records`;
    const log = testLog(3);
    const records = numberedRecords(1, 3).map((record) =>
      Uint8Array.of(...record, ...new Uint8Array(40_000)),
    );
    store = await openRecordStore(dir, { create: true });
    await store.write([writeSequence().next(log, records, { sealed: true })], { durable: true });
    await store.close();
    const opened = await spoiled(blockKey(log.origin, 0), flipLast, dir);
    expect((await auditAll(opened)).faults).toEqual([
      `${log.origin}, segment 0, seq 3: the chunk of records that holds it has changed`,
    ]);
    expect(await opened.records(log.origin, 1, 2)).toEqual(records.slice(0, 2));
    expect(() => opened.record(log.origin, 3)).toThrow(expect.objectContaining(damage('segment 0, seq 3')));
    expect(opened.damagedSegments()).toEqual([{ origin: log.origin, segment: 0 }]);
  });

  test.each([
    ['changed', flipLast],
    ['missing', remove],
  ])('a record of the open segment: %s', async (what, change) => {
    const opened = await spoiled(recordKey(origin, 11), change);
    expect(() => opened.record(origin, 11)).toThrow(expect.objectContaining(damage('segment 2, seq 11')));
    await expect(opened.range(origin, 2, 0)).rejects.toMatchObject(damage('segment 2, seq 11'));
    const [fault] = (await auditAll(opened)).faults;
    expect(fault).toContain(`${origin}, segment 2, seq 11: the row`);
    expect(fault).toContain(what);
  });

  test.each([
    ['changed', flipLast],
    ['missing', remove],
  ])('a sealed manifest: %s', async (what, change) => {
    const opened = await spoiled(sealedKey(origin, 0), change);
    await expect(opened.manifests(origin)).rejects.toMatchObject(
      damage(`segment 0: the sealed manifest is ${what}`),
    );
    expect((await auditAll(opened)).faults[0]).toContain(`${origin}, segment 0: manifest: the row`);
  });

  test('a record of the open segment, when that is sealed: the log goes on, and the record stays lost', async () => {
    const opened = await spoiled(recordKey(origin, 11), flipLast);
    const writes = folders.writes();
    await opened.write([writes.next(testLog(1), 1, { sealed: true })], { durable: true });
    expect((await auditAll(opened)).faults).toEqual([
      `${origin}, segment 2, seq 11: the record was lost before the segment was packed`,
    ]);
    expect(await opened.records(origin, 12, 2)).toEqual(numberedRecords(12, 2));
    expect(keptKeys()).toEqual([recordKey(origin, 11)]);
    expect(opened.damagedSegments()).toEqual([{ origin, segment: 2 }]);
  });

  describe.each([
    ['changed', flipLast],
    ['missing', remove],
  ])('the tail of a log: %s', (what, change) => {
    test('leaves the log up to its last sealed segment, and the others whole', async () => {
      const opened = await spoiled(tailKey(origin), change);
      expect(opened.damagedLogs()).toEqual([{ origin, message: expect.stringContaining(what) }]);
      const tails = (await opened.tails()).map(({ manifest }) => manifest);
      const left = tails.find((manifest) => manifest.origin === origin);
      expect(left).toEqual(await opened.manifest(origin, 1));
      expect(left).toMatchObject({ origin, segment: 1, firstSeq: 6, events: 4, sealed: true });
      expect(tails.length).toBe(2);
      expect(await opened.records(origin, 1, 99)).toEqual(numberedRecords(1, 9));
      expect(opened.record(origin, 10)).toBeUndefined();
      expect(await opened.records(testLog(2).origin, 1, 99)).toEqual(numberedRecords(1, 12));
      expect((await auditAll(opened)).faults.some((fault) => fault.includes(what))).toBe(true);
    });

    test('is written anew by what comes next, which keeps what was there', async () => {
      const opened = await spoiled(tailKey(origin), change);
      const arrival = opened.arrivals() + 1;
      const sequence = folders.writes(3);
      await opened.write([{ ...sequence.next(testLog(1), 5), arrival }], { durable: false });
      expect(opened.damagedLogs()).toEqual([]);
      expect(await opened.records(origin, 1, 99)).toEqual(numberedRecords(1, 14));
      const records = [10, 11, 12].map((seq) => recordKey(origin, seq));
      const tails = what === 'changed' ? [tailKey(origin)] : [];
      expect(keptKeys()).toEqual([...tails, ...records, journalKey(5)]);
      expect((await auditAll(opened)).faults).toEqual([]);
    });

    test('of a log without a sealed segment that can be read begins it anew', async () => {
      const dir = copyOf(folders.tabled);
      await changeRow(dir, sealedKey(origin, 0), flipLast);
      const opened = await spoiled(tailKey(origin), change, dir);
      expect((await opened.tails()).map(({ manifest }) => manifest.origin)).toEqual([testLog(2).origin]);
      expect(opened.damagedLogs()).toMatchObject([{ origin }]);
      expect(opened.record(origin, 1)).toBeUndefined();
      expect((await arrivalsOf(opened)).map((arrival) => arrival.origin)).toEqual([testLog(2).origin]);
      const arrival = opened.arrivals() + 1;
      await opened.write([{ ...folders.writes(0).next(testLog(1), 12), arrival }], { durable: true });
      expect(await opened.records(origin, 1, 99)).toEqual(numberedRecords(1, 12));
      expect((await auditAll(opened)).faults).toEqual([]);
    });
  });

  test('an entry of the journal: the log counts as just changed', async () => {
    const opened = await spoiled(journalKey(5), flipLast);
    const late = { arrival: 10, origin, seq: 12 };
    expect(await arrivalsOf(opened, 9)).toContainEqual(late);
    expect(await arrivalsOf(opened, 10)).toEqual([]);
    expect((await auditAll(opened)).faults).toEqual([
      'entry 5 of the arrival journal has changed',
      `log ${origin} has 12 records, and 0 of them by its last arrival`,
    ]);
  });

  test('an evidence: it counts as none, and the audit names it', async () => {
    const dir = copyOf(folders.tabled);
    store = await openRecordStore(dir);
    const other = { origin: testLog(2).origin, bytes: Uint8Array.of(3) };
    await store.write([], { durable: true, evidence: [{ origin, bytes: Uint8Array.of(1, 2) }, other] });
    await store.close();
    const opened = await spoiled(evidenceKey(origin), flipLast, dir);
    expect(await opened.evidence()).toEqual([other]);
    expect((await auditAll(opened)).faults).toEqual([`the evidence against log ${origin} has changed`]);
  });

  test('a row under another key, and a key that is none', async () => {
    const dir = copyOf(folders.tabled);
    await putRow(dir, recordKey(origin, 13), packRow(recordKey(origin, 12), Uint8Array.of(1)));
    await putRow(dir, Uint8Array.of(1, 2), Uint8Array.of(1));
    store = await openRecordStore(dir);
    expect((await auditAll(store)).faults).toEqual([
      'a row whose key is none: 0102',
      `${origin}: stray record of seq 13`,
    ]);
  });

  test('the end of the journal, and the row of the store', async () => {
    await expect(spoiled(journalKey(10), remove)).rejects.toMatchObject(damage('the journal ends at 5'));
    await expect(spoiled(storeKey(), flipLast)).rejects.toMatchObject({ code: 'store_damaged' });
  });

  test('a store of a later format is refused', async () => {
    const later = packRow(storeKey(), new TextEncoder().encode('{"format":4,"storeId":"a"}'));
    await expect(spoiled(storeKey(), () => later)).rejects.toMatchObject({ code: 'home_newer' });
  });
});

describe('a long log', () => {
  test('of three full segments, each grown in steps, is read back by a new opening', async () => {
    const dir = `${temporaryFolder()}/records`;
    const log = testLog(3);
    const writes = writeSequence();
    store = await openRecordStore(dir, { create: true });
    for (let segment = 0; segment < 3; segment += 1) {
      await store.write([writes.next(log, 1000)], { durable: false });
      await store.write([writes.next(log, 24, { sealed: true })], { durable: false });
    }
    await store.close();
    store = await openRecordStore(dir);
    expect(await store.records(log.origin, 1, 5000)).toEqual(numberedRecords(1, 3072));
    expect((await auditAll(store)).faults).toEqual([]);
  });
});

describe('the state store', () => {
  const rowKey = (key: string) => new TextEncoder().encode(`r${key}`);

  const stateFolder = async (): Promise<string> => {
    const dir = `${temporaryFolder()}/state`;
    const state = await openStateStore(dir);
    await state.write([
      { key: 'a', row: 1 },
      { key: 'b', row: { c: 'd' } },
    ]);
    await state.close();
    return dir;
  };

  test('a changed row is refused when it is read, and listed by the audit', async () => {
    const dir = await stateFolder();
    await changeRow(dir, rowKey('b'), flipLast);
    const state = await openStateStore(dir);
    expect(state.get('a')).toBe(1);
    expect(() => state.get('b')).toThrow(expect.objectContaining({ code: 'state_damaged' }));
    const scan = async () => {
      for await (const _ of state.scan(''));
    };
    await expect(scan()).rejects.toMatchObject({ code: 'state_damaged' });
    const faults: string[] = [];
    for await (const fault of state.audit()) faults.push(fault);
    expect(faults).toEqual(['row "b" has changed']);
    await state.close();
  });

  test('a clearing that was interrupted is completed', async () => {
    const dir = await stateFolder();
    const formatKey = new TextEncoder().encode('m');
    await changeRow(dir, rowKey('a'), remove);
    await changeRow(dir, formatKey, () => packRow(formatKey, Uint8Array.of(0)));
    const state = await openStateStore(dir);
    expect(state.get('b')).toBeUndefined();
    await state.write([{ key: 'a', row: 2 }]);
    await state.close();
    const again = await openStateStore(dir);
    expect(again.get('a')).toBe(2);
    await again.close();
  });

  test('another format is refused, and a wiped store is empty and of use', async () => {
    const dir = await stateFolder();
    const formatKey = new TextEncoder().encode('m');
    await changeRow(dir, formatKey, () => packRow(formatKey, Uint8Array.of(2)));
    await expect(openStateStore(dir)).rejects.toMatchObject({ code: 'state_damaged' });
    await wipeStateStore(dir);
    const state = await openStateStore(dir);
    expect(state.get('a')).toBeUndefined();
    await state.write([{ key: 'a', row: 2 }]);
    expect(state.get('a')).toBe(2);
    await state.close();
  });
});
