import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createHome } from '../../../node/home/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A file system that keeps no permissions, as FAT. */
vi.mock(import('node:fs/promises'), async (original) => ({
  ...(await original()),
  chmod: () => Promise.reject(Object.assign(new Error('not permitted'), { code: 'EPERM' })),
}));

test.skipIf(process.platform === 'win32')('where others can read it no key is made', async () => {
  const dir = join(temporaryFolder(), 'home');
  mkdirSync(dir, { mode: 0o755 });
  await expect(createHome(dir, { name: 'stick' })).rejects.toMatchObject({
    code: 'home_open',
    message: expect.stringContaining(`${dir}: its mode stays 0755`),
  });
  expect(readdirSync(dir)).toEqual([]);
});

test('one that is closed already will do, with the stores in it', async () => {
  const dir = join(temporaryFolder(), 'home');
  mkdirSync(dir, { mode: 0o700 });
  expect((await createHome(dir, { name: 'stick' })).file.name).toBe('stick');
});
