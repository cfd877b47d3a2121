import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { SmoError } from '../../../protocol/fault/index.ts';
import { type Environment, HOME_LAYOUT, openHome, openMarker } from '../../home/index.ts';
import { InviteBook } from '../invite-book.ts';
import type { FileMode, HomeState } from './patient.ts';

/**
 * Reads what belongs to no store.
 * @throws SmoError `home_missing`: there is nothing to look at
 */
export const readHomeState = async (dir: string, env: Environment): Promise<HomeState> => {
  const opened = await faultOf(() => openHome(dir));
  if (opened.error?.code === 'home_missing') throw opened.error;
  const home = opened.value;
  const marker = home === undefined ? new Map() : (await openMarker(home.file.device, env)).read();
  return {
    home,
    error: opened.error,
    modes: await readModes(dir),
    invites: (await faultOf(() => InviteBook.open(dir))).error,
    marker,
    freeBytes: await freeBytesOf(dir),
  };
};

/** What a call gives, or the SmoError that it throws. */
export const faultOf = async <T>(
  call: () => Promise<T>,
): Promise<{ readonly value: T | undefined; readonly error: SmoError | undefined }> => {
  try {
    return { value: await call(), error: undefined };
  } catch (error) {
    if (!(error instanceof SmoError)) throw error;
    return { value: undefined, error };
  }
};

/** Free space for this user in bytes; undefined where the system does not say. */
export const freeBytesOf = async (dir: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

const readModes = async (dir: string): Promise<readonly FileMode[]> => {
  // Windows has access lists in place of modes.
  if (process.platform === 'win32') return [];
  const wanted = [
    [dir, 0o700],
    [join(dir, HOME_LAYOUT.key), 0o600],
  ] as const;
  const modes = await Promise.all(
    wanted.map(async ([path, mode]): Promise<readonly FileMode[]> => {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) return [];
      return [{ path, mode: found.mode, wanted: mode, isOwn: found.uid === process.getuid?.() }];
    }),
  );
  return modes.flat();
};
