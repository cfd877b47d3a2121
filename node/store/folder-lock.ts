import { link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { SmoError } from '../../protocol/fault/index.ts';
import { isLocked, openCause } from './store-error.ts';

/**
 * Takes the lock of a LevelDB folder without opening what is in it: LevelDB would change a damaged folder. The lock
 * is one on the file `LOCK`, so an empty database beside the folder whose `LOCK` is that very file holds it. While it
 * is held, nobody in this process may open `LOCK` of the folder: closing the file would let go of the lock.
 *
 * @returns the way to let go
 * @throws SmoError `home_in_use`, `no_hard_links`
 */
export const lockFolder = async (dir: string): Promise<() => Promise<void>> => {
  const beside = `${dir}.lock`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { mode: 0o700 });
  await link(join(dir, 'LOCK'), join(beside, 'LOCK')).catch(async (error: NodeJS.ErrnoException) => {
    // A folder that never was a database, or is gone, is in nobody's use.
    if (error.code === 'ENOENT') return;
    await rm(beside, { recursive: true, force: true });
    if (!NO_LINKS.has(error.code ?? '')) throw error;
    throw new SmoError(
      'no_hard_links',
      `the file system of ${dir} knows no hard links, without which a repair cannot keep others out`,
      'Stop the device, copy its home to another file system, and repair it there with `smo doctor --repair --home`.',
    );
  });
  const level = new ClassicLevel(beside);
  try {
    await level.open();
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (!isLocked(openCause(error))) throw error;
    throw new SmoError(
      'home_in_use',
      `${dir} is open in another process`,
      'Stop the device first: press Ctrl-C where `smo up` runs, or stop its service.',
    );
  }
  return async () => {
    await level.close();
    await rm(beside, { recursive: true, force: true });
  };
};

/** What file systems say that know no hard links: FAT, and some shared folders. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
