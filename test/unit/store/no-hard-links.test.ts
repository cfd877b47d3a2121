import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { lockFolder } from '../../../node/store/folder-lock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A file system without hard links, as FAT. */
vi.mock(import('node:fs/promises'), async (original) => ({
  ...(await original()),
  link: () => Promise.reject(Object.assign(new Error('not permitted'), { code: 'EPERM' })),
}));

test('a store that cannot be locked is told, and nothing is left beside it', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'records'));
  await expect(lockFolder(join(root, 'records'))).rejects.toMatchObject({
    code: 'no_hard_links',
    message: expect.stringContaining(join(root, 'records')),
  });
  expect(readdirSync(root)).toEqual(['records']);
});
