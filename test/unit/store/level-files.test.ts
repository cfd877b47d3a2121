import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findFileDamage, openRecordAudit, openRecordStore, repairFiles } from '../../../node/store/index.ts';
import { readLevelLog } from '../../../node/store/level-log.ts';
import { findTableDamage, salvageTable } from '../../../node/store/level-table.ts';
import { copyOf, flipByte } from '../../support/spoiled-store.ts';
import { testLog } from '../../support/test-log.ts';
import { auditAll, bytesOf, fileOf, makeStoreFolders, readAll, type StoreFolders } from './store-folders.ts';

let folders: StoreFolders;
beforeAll(async () => {
  folders = await makeStoreFolders();
  return folders.remove;
});

const damagedStore = { code: 'store_damaged', hint: expect.stringContaining('smo doctor') };

describe('a table of another length than the manifest says', () => {
  test.each([
    ['too long', 400],
    ['too short', -50],
    ['cut to nothing', -1_000_000],
  ])('that is %s is found, and the rest can be audited', async (_, change) => {
    const dir = copyOf(folders.tabled);
    const file = fileOf(dir, /\.ldb$/);
    const bytes = bytesOf(file);
    const changed = new Uint8Array(Math.max(0, bytes.length + change)).fill(0x7a);
    changed.set(bytes.subarray(0, changed.length));
    writeFileSync(file, changed);
    await expect(openRecordStore(dir)).rejects.toMatchObject(damagedStore);
    const audit = await openRecordAudit(dir);
    expect(audit.files).toHaveLength(1);
    const { faults } = await auditAll(audit);
    await audit.close();
    if (change > 0) expect(faults).toEqual([]);
    else expect(faults).not.toEqual([]);
  });

  test('that is empty beside a damaged manifest does not end the process', async () => {
    const dir = copyOf(folders.tabled);
    truncateSync(fileOf(dir, /\.ldb$/), 0);
    const manifest = fileOf(dir, /MANIFEST/);
    writeFileSync(manifest, flipByte(bytesOf(manifest), 20));
    const audit = await openRecordAudit(dir);
    expect(audit.files).toHaveLength(1);
    await audit.close();
  });
});

test('a folder is not taken for damaged while another process goes on to new manifests', async () => {
  const dir = copyOf(folders.tabled);
  let number = Number(/\d+/.exec(readFileSync(join(dir, 'CURRENT'), 'utf8'))?.[0]);
  const nameOf = (of: number): string => `MANIFEST-${String(of).padStart(6, '0')}`;
  let isOver = false;
  const going = (async () => {
    while (!isOver) {
      await copyFile(join(dir, nameOf(number)), join(dir, nameOf(number + 1)));
      await writeFile(join(dir, 'next'), `${nameOf(number + 1)}\n`);
      await rename(join(dir, 'next'), join(dir, 'CURRENT'));
      await rm(join(dir, nameOf(number)));
      number += 1;
    }
  })();
  try {
    for (let i = 0; i < 1_000; i += 1) expect(await findFileDamage(dir)).toEqual([]);
  } finally {
    isOver = true;
    await going;
  }
});

describe('the journal of writes', () => {
  test('any one changed byte is found, and what comes before it is intact', () => {
    const bytes = bytesOf(fileOf(folders.journalled, /\.log$/));
    for (let offset = 0; offset < bytes.length; offset += 1) {
      for (const bits of [0x01, 0x80, 0xff]) {
        const { damage, intactBytes } = readLevelLog(flipByte(bytes, offset, bits));
        expect(damage?.offset, `byte ${offset}`).toBeLessThanOrEqual(offset);
        expect(intactBytes).toBeLessThanOrEqual(offset);
      }
    }
  });

  test('a write that a crash cut short is no damage, at whatever byte, with zeros after it or not', () => {
    const bytes = bytesOf(fileOf(folders.journalled, /\.log$/));
    const { batches } = readLevelLog(bytes);
    for (let length = 0; length <= bytes.length; length += 1) {
      const cut = bytes.slice(0, length);
      const read = readLevelLog(cut);
      expect(read.damage).toBeUndefined();
      expect(read.batches).toEqual(batches.slice(0, read.batches.length));
      const zeros = new Uint8Array(length + 64);
      zeros.set(cut);
      expect(readLevelLog(zeros).damage).toBeUndefined();
    }
  });

  test('a damaged write keeps the store from opening, and is still there afterwards', async () => {
    const dir = copyOf(folders.journalled);
    const file = fileOf(dir, /\.log$/);
    const bytes = bytesOf(file);
    writeFileSync(file, flipByte(bytes, Math.floor(bytes.length / 2)));
    for (let round = 0; round < 2; round += 1) {
      await expect(openRecordStore(dir)).rejects.toMatchObject(damagedStore);
      const [damage] = await findFileDamage(dir);
      expect(damage).toMatchObject({ file: expect.stringMatching(/^\d+\.log$/), offset: expect.any(Number) });
    }
  });

  test('repair keeps exactly the writes before the damage, and the damaged file', async () => {
    const dir = copyOf(folders.journalled);
    const file = fileOf(dir, /\.log$/);
    const bytes = bytesOf(file);
    const offset = Math.floor(bytes.length / 2);
    const { batches } = readLevelLog(flipByte(bytes, offset));
    writeFileSync(file, flipByte(bytes, offset));
    expect(await repairFiles(dir)).toHaveLength(1);
    expect(existsSync(`${file}.damaged`)).toBe(true);
    const store = await openRecordStore(dir);
    // The first batch is that of the store's own rows; each other one is a commit of one arrival.
    expect(store.arrivals()).toBe(batches.length - 1);
    expect((await auditAll(store)).faults).toEqual([]);
    await store.close();
  });

  test('a journal that is gone is found', async () => {
    const dir = copyOf(folders.journalled);
    rmSync(fileOf(dir, /\.log$/));
    await expect(openRecordStore(dir)).rejects.toMatchObject(damagedStore);
  });
});

describe('tables', () => {
  test('any one changed byte is found', () => {
    const bytes = bytesOf(fileOf(folders.tabled, /\.ldb$/));
    expect(findTableDamage(bytes)).toBeUndefined();
    for (let offset = 0; offset < bytes.length; offset += 1) {
      expect(findTableDamage(flipByte(bytes, offset)), `byte ${offset}`).toBeDefined();
    }
  });

  test('a table cut short at any byte is found', () => {
    const bytes = bytesOf(fileOf(folders.tabled, /\.ldb$/));
    for (let length = 0; length < bytes.length; length += 7) {
      expect(findTableDamage(bytes.slice(0, length)), `${length} bytes`).toBeDefined();
    }
  });

  test('what is salvaged from any damage is a sound table of the same size', () => {
    const bytes = bytesOf(fileOf(folders.tabled, /\.ldb$/));
    for (let offset = 0; offset < bytes.length; offset += 101) {
      const salvaged = salvageTable(flipByte(bytes, offset));
      expect(salvaged.length).toBe(bytes.length);
      expect(findTableDamage(salvaged), `byte ${offset}`).toBeUndefined();
    }
  });

  test('a damaged table keeps the store from opening; the audit names each place that it has lost', async () => {
    const bytes = bytesOf(fileOf(folders.tabled, /\.ldb$/));
    const damagedPlaces = new Set<string>();
    const undamaged = await openRecordAudit(folders.tabled);
    const whole = await auditAll(undamaged);
    await undamaged.close();
    expect(undamaged.files).toEqual([]);
    for (let offset = 40; offset < bytes.length; offset += 500) {
      const dir = copyOf(folders.tabled);
      writeFileSync(fileOf(dir, /\.ldb$/), flipByte(bytes, offset));
      await expect(openRecordStore(dir)).rejects.toMatchObject(damagedStore);
      const audit = await openRecordAudit(dir);
      expect(audit.files).toHaveLength(1);
      const { faults, text } = await auditAll(audit);
      // The filter is no row: without it nothing is lost.
      expect(faults.length === 0, `byte ${offset}`).toBe(text === whole.text);
      for (const fault of faults) damagedPlaces.add(fault);
      await audit.close();
      expect(bytesOf(fileOf(dir, /\.ldb$/))).toEqual(flipByte(bytes, offset));
    }
    const { origin } = testLog(1);
    expect([...damagedPlaces]).toEqual(
      expect.arrayContaining([
        `${origin}, segment 1, seq 6: the row is missing`,
        `${origin}, segment 2, seq 10: the row is missing`,
        `${origin}, segment 2: manifest: the row is missing`,
      ]),
    );
  });

  test('a table that is gone is found', async () => {
    const dir = copyOf(folders.tabled);
    rmSync(fileOf(dir, /\.ldb$/));
    await expect(openRecordStore(dir)).rejects.toMatchObject(damagedStore);
  });
});

describe('the files that name the others', () => {
  test.each([/^CURRENT$/, /^MANIFEST-/])('any one changed byte of %s is found', async (pattern) => {
    const dir = copyOf(folders.tabled);
    const file = fileOf(dir, pattern);
    const bytes = bytesOf(file);
    for (let offset = 0; offset < bytes.length; offset += 1) {
      writeFileSync(file, flipByte(bytes, offset));
      await expect(openRecordStore(dir), `byte ${offset}`).rejects.toMatchObject(damagedStore);
    }
    writeFileSync(file, bytes);
    const store = await openRecordStore(dir);
    expect(await readAll(store)).toBe(folders.contents);
    await store.close();
  });

  test.each([/^CURRENT$/, /^MANIFEST-/])(
    'without %s nothing is taken for a new store, and repair finds all again',
    async (pattern) => {
      const dir = copyOf(folders.tabled);
      rmSync(fileOf(dir, pattern));
      await expect(openRecordStore(dir, { create: true })).rejects.toMatchObject(damagedStore);
      await repairFiles(dir);
      const store = await openRecordStore(dir);
      expect(await readAll(store)).toBe(folders.contents);
      await store.close();
    },
  );

  test('a manifest cut short anywhere is found, or gives the store as it was', async () => {
    const length = bytesOf(fileOf(folders.tabled, /^MANIFEST-/)).length;
    for (let kept = 0; kept < length; kept += 9) {
      const dir = copyOf(folders.tabled);
      truncateSync(fileOf(dir, /^MANIFEST-/), kept);
      await expect(openRecordStore(dir), `${kept} bytes`).rejects.toMatchObject(damagedStore);
      expect(existsSync(fileOf(dir, /\.ldb$/))).toBe(true);
    }
  });

  test('an absent or empty folder is a new store only when one is asked for', async () => {
    const dir = join(copyOf(folders.tabled), 'absent');
    await expect(openRecordStore(dir)).rejects.toMatchObject(damagedStore);
    expect(existsSync(dir)).toBe(false);
    const store = await openRecordStore(dir, { create: true });
    await store.close();
  });

  test('a second opening is refused while the first lasts', async () => {
    const dir = copyOf(folders.tabled);
    const store = await openRecordStore(dir);
    await expect(openRecordStore(dir)).rejects.toMatchObject({ code: 'home_in_use' });
    await store.close();
    await (await openRecordStore(dir)).close();
  });
});
