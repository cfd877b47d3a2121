import { chmod, stat } from 'node:fs/promises';
import { SmoError } from '../../protocol/fault/index.ts';
import { isOpenToOthers, octalMode } from './mode.ts';

/**
 * Makes a folder of a home its owner's alone, before there is anything in it.
 * @throws SmoError `home_open` where the file system cannot do that
 */
export const closeToOthers = async (dir: string): Promise<void> => {
  await chmod(dir, 0o700).catch((error: NodeJS.ErrnoException) => {
    // A file system without permissions may refuse it, also where the folder is closed already.
    if (error.code !== 'EPERM') throw error;
  });
  const { mode } = await stat(dir);
  if (process.platform === 'win32' || !isOpenToOthers(mode)) return;
  throw new SmoError(
    'home_open',
    `other users of this machine would have access to ${dir}: its mode stays ${octalMode(mode)}`,
    'FAT, NTFS and some shared folders keep no permissions: choose a folder on another file system with `--home`, or mount that one for yourself alone.',
  );
};
