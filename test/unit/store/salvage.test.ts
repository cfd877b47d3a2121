import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nativeCrypto } from '../../../node/crypto/index.ts';
import {
  findFileDamage,
  openRecordAudit,
  openRecordStore,
  planSalvage,
  type SalvagedLog,
  salvageStore,
} from '../../../node/store/index.ts';
import { blockKey, journalKey, recordKey, sealedKey, tailKey } from '../../../node/store/record-key.ts';
import { packRow } from '../../../node/store/row.ts';
import { encodeBlock } from '../../../node/store/segment-block.ts';
import type { Signer } from '../../../protocol/crypto/index.ts';
import { type Manifest, verifyManifest } from '../../../protocol/manifest/index.ts';
import { endWithTest } from '../../support/end-with-test.ts';
import {
  changeRow,
  copyOf,
  databaseFiles,
  flipByte,
  flipLast,
  isRead,
  remove,
  segmentIn,
} from '../../support/spoiled-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { numberedRecords, TEST_SPACE, testLog } from '../../support/test-log.ts';
import { auditAll, bytesOf, makeStoreFolders, readAll, type StoreFolders } from './store-folders.ts';

const APPENDING = fileURLToPath(new URL('../../support/appending-process.ts', import.meta.url));
const INPUT = { crypto: nativeCrypto, space: TEST_SPACE, nowMs: 1_700_000_000_000 };
const first = testLog(1).origin;
const second = testLog(2).origin;

let folders: StoreFolders;
beforeEach(async () => {
  folders = await makeStoreFolders();
});
afterEach(() => folders.remove());

const salvage = async (dir: string, signer?: Signer): Promise<readonly SalvagedLog[]> => {
  const keepAs = join(dirname(dir), 'quarantine', 'old');
  return salvageStore(dir, keepAs, { ...INPUT, signer }, async () => undefined);
};

/** Checks that a salvaged store holds what the salvage says of each log, and is damaged in its holes alone. */
const assertWhole = async (dir: string, logs: readonly SalvagedLog[]): Promise<void> => {
  expect(await findFileDamage(dir)).toEqual([]);
  const store = await openRecordStore(dir);
  expect(store.damagedLogs()).toEqual([]);
  const marked = store.damagedSegments();
  expect(new Set(marked)).toEqual(
    new Set(logs.flatMap(({ origin, holes }) => holes.map((segment) => ({ origin, segment })))),
  );
  for (const fault of (await auditAll(store)).faults) {
    expect(marked.some(({ origin, segment }) => fault.startsWith(`${origin}, segment ${segment}`))).toBe(
      true,
    );
  }
  for (const place of marked) await store.restore(await segmentIn(copyOf(folders.tabled), place));
  expect((await auditAll(store)).faults).toEqual([]);
  for (const { origin, kept } of logs) {
    expect(await store.records(origin, 1, kept + 1)).toEqual(numberedRecords(1, kept));
  }
  await store.close();
};

const kept = (logs: readonly SalvagedLog[]) => logs.map(({ origin, kept: length }) => [origin, length]);

describe('a salvage', () => {
  test('keeps all of a store that is whole, under another id', async () => {
    const dir = copyOf(folders.tabled);
    const logs = await salvage(dir);
    expect(new Map(logs.map(({ origin, kept: length, stored }) => [origin, [length, stored]]))).toEqual(
      new Map([
        [first, [12, 12]],
        [second, [12, 12]],
      ]),
    );
    await assertWhole(dir, logs);
    const before = await openRecordStore(copyOf(folders.tabled));
    const store = await openRecordStore(dir);
    expect(store.storeId).not.toBe(before.storeId);
    expect(await store.tails()).toEqual(await before.tails());
    await before.close();
    await store.write([{ ...folders.writes().next(testLog(1), 2), arrival: store.arrivals() + 1 }], {
      durable: true,
    });
    expect(await store.records(first, 1, 99)).toEqual(numberedRecords(1, 14));
    await store.close();
  });

  test.each([
    ['a block: it is a hole', blockKey(first, 0), 12, [0]],
    ['the block before the open segment', blockKey(first, 1), 12, [1]],
    ['a sealed manifest: nothing leads on', sealedKey(first, 1), 5, []],
    ['the first sealed manifest', sealedKey(first, 0), 0, []],
    ['a record of the open segment', recordKey(first, 11), 9, []],
    ['the tail', tailKey(first), 9, []],
    ['an entry of the journal', journalKey(5), 12, []],
  ])('keeps a log as far as its manifests lead to something sound: %s', async (_, key, length, holes) => {
    const dir = copyOf(folders.tabled);
    await changeRow(dir, key, flipLast);
    const logs = await salvage(dir);
    expect(logs.find(({ origin }) => origin === first)).toMatchObject({ kept: length, holes });
    expect(logs.find(({ origin }) => origin === second)).toMatchObject({ kept: 12, stored: 12, holes: [] });
    await assertWhole(dir, logs);
  });

  test('ends a log before a hole that nothing sound follows', async () => {
    const dir = copyOf(folders.tabled);
    await changeRow(dir, blockKey(first, 1), flipLast);
    await changeRow(dir, recordKey(first, 10), remove);
    const logs = await salvage(dir);
    expect(logs.find(({ origin }) => origin === first)).toMatchObject({ kept: 5, stored: 12, holes: [] });
    await assertWhole(dir, logs);
  });

  test.each([
    ['the first record of the open segment', [recordKey(first, 10)], 9],
    ['another record of it', [recordKey(first, 12)], 11],
    ['two records of it', [recordKey(first, 11), recordKey(first, 12)], 10],
    ['the block before it, and a record', [blockKey(first, 1), recordKey(first, 12)], 11],
    ['the block before it, and its first record', [blockKey(first, 1), recordKey(first, 10)], 5],
  ])(
    'keeps what comes before a hole at the end of a log that it may sign for: %s',
    async (_, keys, length) => {
      const dir = copyOf(folders.tabled);
      for (const key of keys) await changeRow(dir, key, flipLast);
      const logs = await salvage(dir, testLog(1).signer);
      expect(logs.find(({ origin }) => origin === first)).toMatchObject({ kept: length, stored: 12 });
      await assertWhole(dir, logs);
      const store = await openRecordStore(dir);
      const [tail] = (await store.tails()).filter(({ manifest }) => manifest.origin === first);
      expect(verifyManifest(nativeCrypto, tail?.manifest as Manifest, { space: TEST_SPACE }).ok).toBe(true);
      await store.close();
    },
  );

  test('keeps the sound beginning of a sealed segment of such a log at its end', async () => {
    const dir = copyOf(folders.tabled);
    const key = blockKey(first, 1);
    await changeRow(dir, key, () =>
      encodeBlock(key, [...numberedRecords(6, 2), undefined, ...numberedRecords(9, 1)]),
    );
    await changeRow(dir, recordKey(first, 10), remove);
    const logs = await salvage(dir, testLog(1).signer);
    expect(logs.find(({ origin }) => origin === first)).toMatchObject({ kept: 7, stored: 12, holes: [] });
    await assertWhole(dir, logs);
  });

  test('keeps no hole of such a log when it is given up', async () => {
    for (const [log, length] of [
      [1, 5],
      [2, 12],
    ] as const) {
      const dir = copyOf(folders.tabled);
      await changeRow(dir, blockKey(first, 1), flipLast);
      const input = { ...INPUT, signer: testLog(log).signer, givesUp: true };
      const logs = await salvageStore(
        dir,
        join(dirname(dir), 'quarantine', 'old'),
        input,
        async () => undefined,
      );
      expect(logs.find(({ origin }) => origin === first)).toMatchObject({ kept: length, stored: 12 });
      await assertWhole(dir, logs);
    }
  });

  test('signs for no record under a checksum that fits, which the peaks of the log say is another', async () => {
    const dir = copyOf(folders.tabled);
    const key = recordKey(first, 10);
    await changeRow(dir, key, () => packRow(key, new TextEncoder().encode('something else')));
    await changeRow(dir, recordKey(first, 12), flipLast);
    const logs = await salvage(dir, testLog(1).signer);
    expect(logs.find(({ origin }) => origin === first)).toMatchObject({ kept: 9, stored: 12 });
    await assertWhole(dir, logs);
  });

  test('keeps the other records of a hole', async () => {
    const dir = copyOf(folders.tabled);
    const key = blockKey(first, 1);
    await changeRow(dir, key, () => encodeBlock(key, [...numberedRecords(6, 3), undefined]));
    await salvage(dir);
    const store = await openRecordStore(dir);
    expect(await store.records(first, 6, 3)).toEqual(numberedRecords(6, 3));
    expect(() => store.record(first, 9)).toThrow(expect.objectContaining({ code: 'store_damaged' }));
    await store.close();
  });

  test('trusts no record of a segment whose records all look sound and do not belong together', async () => {
    const dir = copyOf(folders.tabled);
    const key = blockKey(first, 0);
    await changeRow(dir, key, () => encodeBlock(key, numberedRecords(101, 5)));
    const logs = await salvage(dir);
    const store = await openRecordStore(dir);
    expect(() => store.record(first, 1)).toThrow(expect.objectContaining({ code: 'store_damaged' }));
    await store.close();
    await assertWhole(dir, logs);
  });

  test('keeps the evidence', async () => {
    const dir = copyOf(folders.tabled);
    const evidence = [{ origin: first, bytes: Uint8Array.of(1, 2) }];
    const store = await openRecordStore(dir);
    await store.write([], { durable: true, evidence });
    await store.close();
    await salvage(dir);
    const salvaged = await openRecordStore(dir);
    expect(await salvaged.evidence()).toEqual(evidence);
    await salvaged.close();
  });

  test.each(['journalled', 'tabled'] as const)(
    'of a store with any byte changed gives a whole one, and leaves the old as it was: %s',
    { timeout: 120_000 },
    async (kind) => {
      const original = folders[kind];
      let flips = 0;
      for (const name of readdirSync(original)) {
        if (!isRead(name)) continue;
        const bytes = bytesOf(join(original, name));
        const step = Math.max(1, Math.floor(bytes.length / 15));
        for (let offset = 0; offset < bytes.length; offset += step) {
          const dir = copyOf(original);
          writeFileSync(join(dir, name), flipByte(bytes, offset));
          const before = databaseFiles(dir);
          const plan = await dryRun(dir);
          expect(databaseFiles(dir)).toEqual(before);
          const logs = await salvage(dir);
          expect(kept(logs), `${name} ${offset}`).toEqual(kept(plan));
          await assertWhole(dir, logs);
          expect(databaseFiles(join(dirname(dir), 'quarantine', 'old'))).toEqual(before);
          flips += 1;
        }
      }
      expect(flips).toBeGreaterThan(40);
    },
  );

  test.each([
    ['missing', (dir: string) => rmSync(dir, { recursive: true })],
    ['empty', (dir: string) => removeLike(dir, /./)],
    ['without CURRENT', (dir: string) => rmSync(join(dir, 'CURRENT'))],
    ['without its tables', (dir: string) => removeLike(dir, /\.ldb$/)],
    ['without its manifest', (dir: string) => removeLike(dir, /^MANIFEST/)],
  ])('of a folder that is %s gives a store', async (_, spoil) => {
    const dir = copyOf(folders.tabled);
    spoil(dir);
    const logs = await salvage(dir);
    await assertWhole(dir, logs);
  });

  test('leaves a store alone that another process has open, and keeps others out meanwhile', async () => {
    const dir = join(temporaryFolder(), 'records');
    const keepAs = join(dirname(dir), 'quarantine', 'old');
    const append = () =>
      endWithTest(spawn(process.execPath, [APPENDING, dir], { stdio: ['ignore', 'pipe', 'ignore'] }));
    const other = append();
    const exited = once(other, 'exit');
    await once(other.stdout, 'data');
    const refused = salvageStore(dir, keepAs, INPUT, async () => undefined);
    await expect(refused).rejects.toMatchObject({ code: 'home_in_use' });
    expect(readdirSync(dirname(dir))).toEqual(['records']);
    other.kill('SIGKILL');
    await exited;

    let code: number | undefined;
    const logs = await salvageStore(dir, keepAs, INPUT, async () => {
      const late = append();
      late.stdout.once('data', () => late.kill('SIGKILL'));
      [code] = await once(late, 'exit');
    });
    expect(code).toBe(1);
    expect(logs[0]?.kept).toBeGreaterThan(0);
    await assertWhole(dir, logs);
  });
});

describe('a replacement that was interrupted', () => {
  test('leaves the old store while the new one is being made, or has not taken over', async () => {
    for (const leftover of ['building', 'new']) {
      const dir = copyOf(folders.tabled);
      cpSync(folders.journalled, `${dir}.${leftover}`, { recursive: true });
      rmSync(join(`${dir}.${leftover}`, 'CURRENT'));
      const store = await openRecordStore(dir);
      expect(await readAll(store)).toBe(folders.contents);
      await store.close();
      await assertWhole(dir, await salvage(dir));
      expect(readdirSync(dirname(dir)).sort()).toEqual(['quarantine', 'records']);
    }
  });

  test('is completed by whoever comes next, once the old store is away', async () => {
    for (const open of [openRecordStore, openRecordAudit]) {
      const dir = copyOf(folders.tabled);
      renameSync(dir, `${dir}.new`);
      const opened = await open(dir);
      expect((await auditAll(opened)).faults).toEqual([]);
      await opened.close();
      expect(existsSync(`${dir}.new`)).toBe(false);
    }
  });
});

const dryRun = async (dir: string): Promise<readonly SalvagedLog[]> => {
  const audit = await openRecordAudit(dir, join(dirname(dir), 'audited'));
  try {
    return await planSalvage(audit, INPUT);
  } finally {
    await audit.close();
  }
};

const removeLike = (dir: string, pattern: RegExp): void => {
  for (const name of readdirSync(dir)) if (pattern.test(name)) rmSync(join(dir, name));
};
