import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRecordStore } from '../../../node/store/index.ts';
import { isStoreFault, readError } from '../../../node/store/store-error.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { fillDisk, HAS_FULL_DISK } from '../../support/full-disk.ts';
import { copyOf } from '../../support/spoiled-store.ts';
import { makeStoreFolders, readAll, type StoreFolders } from './store-folders.ts';

let folders: StoreFolders;
beforeEach(async () => {
  folders = await makeStoreFolders();
});
afterEach(() => folders.remove());

test.runIf(HAS_FULL_DISK)(
  'a store on a full disk is not damaged, and opens when there is room again',
  async () => {
    const dir = copyOf(folders.journalled);
    for (let round = 0; round < 2; round += 1) {
      const free = fillDisk(dir);
      await expect(openRecordStore(dir)).rejects.toMatchObject({
        code: 'disk_full',
        message: expect.stringMatching(
          /^the record store cannot be used: .*records.*No space left on device$/,
        ),
        hint: expect.stringContaining('Free some space'),
      });
      free();
    }
    const store = await openRecordStore(dir);
    expect(await readAll(store)).toBe(folders.contents);
    await store.close();
  },
);

describe('what LevelDB says', () => {
  test.each([
    ['IO error: /d/000011.ldb: No space left on device', 'disk_full'],
    ['IO error: /d/000011.log: Disk quota exceeded', 'disk_full'],
    ['IO error: /d/000011.log: Quota exceeded', 'disk_full'],
    ['IO error: /d/LOCK: Permission denied', 'store_refused'],
    ['IO error: /d/LOCK: Read-only file system', 'store_refused'],
    ['IO error: /d/LOCK: Operation not permitted', 'store_refused'],
    ['IO error: /d/000005.ldb: Too many open files', 'store_refused'],
    ['IO error: /d/000005.ldb: Too many open files in system', 'store_refused'],
    ['IO error: /d/000005.ldb: No file descriptors available', 'store_refused'],
    ['IO error: /d/000005.ldb: Cannot allocate memory', 'store_refused'],
    ['IO error: /d/000005.ldb: Out of memory', 'store_refused'],
    ['IO error: /d/000005.ldb: Input/output error', 'damaged'],
    ['IO error: /d/000005.ldb: No such file or directory', 'damaged'],
    ['Corruption: block checksum mismatch: /d/000005.ldb', 'damaged'],
    // A folder's name is not what the system says.
    ['IO error: /d: No space left on device/000005.ldb: Input/output error', 'damaged'],
  ])('%s: %s', (words, code) => {
    for (const [database, noun] of [
      ['records', 'store'],
      ['state', 'state'],
    ] as const) {
      const error = readError(database, new Error(words));
      expect(error).toMatchObject({
        code: code === 'damaged' ? `${noun}_damaged` : code,
        message: expect.stringContaining(words),
      });
      expect(isStoreFault(error)).toBe(true);
    }
  });

  test('anything else is no fault of a store', () => {
    const closed = new TypeError('the database is not open');
    expect(readError('records', closed)).toBe(closed);
    expect(isStoreFault(closed)).toBe(false);
    expect(isStoreFault(new SmoError('entity_unknown', 'there is no entity "x"'))).toBe(false);
  });
});
