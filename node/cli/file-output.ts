import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { SmoError } from '../../protocol/fault/index.ts';

const BATCH_CHARS = 1024 * 1024;

/**
 * Writes lines to a file that is there whole or not at all: they go to a file beside it, which takes its name
 * in the end. The file is for its owner alone, like the store that it comes from.
 *
 * @returns how many lines
 * @throws SmoError `file_not_writable`, or what the source throws.
 */
export const writeLines = async (path: string, lines: AsyncIterable<string>): Promise<number> => {
  const partial = `${path}.${randomBytes(6).toString('hex')}.part`;
  const file = await open(partial, 'wx', 0o600).catch(notWritable(path));
  let count = 0;
  try {
    let batch = '';
    for await (const line of lines) {
      batch += `${line}\n`;
      count += 1;
      if (batch.length < BATCH_CHARS) continue;
      await file.writeFile(batch).catch(notWritable(path));
      batch = '';
    }
    await file.writeFile(batch).catch(notWritable(path));
    await file.sync().catch(notWritable(path));
    await file.close();
    await rename(partial, path).catch(notWritable(path));
    return count;
  } catch (error) {
    await file.close();
    await rm(partial, { force: true });
    throw error;
  }
};

const notWritable = (path: string) => (error: Error) => {
  throw new SmoError('file_not_writable', `cannot write ${path}: ${error.message}`, 'Name another file.');
};
