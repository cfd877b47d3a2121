import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How a file is replaced. */
export interface AtomicWriteOptions {
  /** Permissions of the new file. */
  readonly mode: number;
  /** True: on the disk when the promise resolves. False: whole at any time, but perhaps the old one after a crash. */
  readonly durable: boolean;
}

/** Replaces a file in one step: whoever reads it, also after a crash, finds the old text or the new one. */
export const writeFileAtomic = async (
  path: string,
  text: string,
  { mode, durable }: AtomicWriteOptions,
): Promise<void> => {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (durable) await syncFolder(dirname(path));
};

/** Brings the names in a folder to the disk; Windows has no such step and needs none. */
export const syncFolder = async (dir: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
