import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import { isOpenToOthers, octalMode } from '../files/index.ts';

/** Most bytes of a socket's path: `sun_path` has 104 on macOS and 108 on Linux, with the zero at its end. */
const SOCKET_PATH_BYTES_MAX = 100;

/** Hexadecimal digits of a home's hash in names that stand for it. */
const HASH_CHARS = 16;

/**
 * Where the control socket of a home can be, the best place first: in the home, unless its path is too long for the
 * system; else in a folder for temporary files, as not every file system can hold a socket. On Windows a named pipe.
 */
export const socketPaths = (
  home: string,
  platform: NodeJS.Platform = process.platform,
  temporaryDir: string = tmpdir(),
): readonly string[] => {
  const hash = createHash('sha256').update(resolve(home)).digest('hex').slice(0, HASH_CHARS);
  if (platform === 'win32') return [`\\\\.\\pipe\\smo-${hash}`];
  const inside = join(resolve(home), SOCKET_NAME);
  const outside = join(temporaryDir, `smo-${hash}`, SOCKET_NAME);
  return Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX ? [inside, outside] : [outside];
};

/**
 * Makes the folder of a control socket when it is absent, and checks that it is this user's alone. To be called
 * before listening and before connecting: in a folder for everybody's temporary files, another user could have
 * put a socket of their own there.
 * @throws SmoError `socket_folder_unsafe`
 */
export const secureSocketFolder = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const dir = dirname(path);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const info = await lstat(dir);
  const problem = folderProblem(info);
  if (problem === undefined) return;
  throw new SmoError(
    'socket_folder_unsafe',
    `${dir} ${problem}`,
    info.uid === process.getuid?.()
      ? `Run \`chmod 700 '${dir}'\`, so that only you can reach the device.`
      : 'Choose another folder for the home with `--home`.',
  );
};

const SOCKET_NAME = 'control.sock';

const folderProblem = (info: Stats): string | undefined => {
  if (!info.isDirectory()) return 'is not a folder';
  if (info.uid !== process.getuid?.()) return 'belongs to another user';
  return isOpenToOthers(info.mode) ? `is open to others: its mode is ${octalMode(info.mode)}` : undefined;
};
