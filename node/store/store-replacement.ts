import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../files/index.ts';

/**
 * Puts a new store in the place of an old one, which is moved to `keepAs`. Whenever it is interrupted there is the old
 * one or the new one, as soon as {@link settleReplacement} has been called.
 *
 * | folder         | is                                                  |
 * |----------------|-----------------------------------------------------|
 * | `DIR.building` | a new store that is not complete                    |
 * | `DIR.new`      | a complete one, on the disk, that takes over if `DIR` is gone |
 *
 * @param build makes the new store in a folder that does not exist yet, and closes it
 */
export const replaceStore = async <T>(
  dir: string,
  keepAs: string,
  build: (folder: string) => Promise<T>,
): Promise<T> => {
  const building = `${dir}.building`;
  await removeLeftovers(dir);
  const result = await build(building);
  await syncTree(building);
  await rename(building, newOf(dir));
  await syncFolder(dirname(dir));
  await mkdir(dirname(keepAs), { recursive: true, mode: 0o700 });
  if (await exists(dir)) {
    await rename(dir, keepAs);
    await syncFolder(dirname(keepAs));
  }
  await settleReplacement(dir);
  return result;
};

/** Completes a replacement that was interrupted after the old store had been moved away. */
export const settleReplacement = async (dir: string): Promise<void> => {
  if ((await exists(dir)) || !(await exists(newOf(dir)))) return;
  await rename(newOf(dir), dir).catch(async (error: unknown) => {
    // Somebody else was faster.
    if (!(await exists(dir))) throw error;
  });
  await syncFolder(dirname(dir));
};

/** Removes what an interrupted replacement has left beside an old store that is still in its place. */
const removeLeftovers = async (dir: string): Promise<void> => {
  for (const folder of [`${dir}.building`, newOf(dir)]) await rm(folder, { recursive: true, force: true });
};

const newOf = (dir: string): string => `${dir}.new`;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Brings every file of a folder, and their names, to the disk. */
const syncTree = async (dir: string): Promise<void> => {
  for (const name of await readdir(dir)) {
    const file = await open(join(dir, name), 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
  await syncFolder(dir);
};
