import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

/** Builds the program that tests start, and the library, of which it reads what an engine is made of. */
export const setup = async (): Promise<void> => {
  const cwd = resolve(import.meta.dirname, '../..');
  await promisify(execFile)('npm', ['run', 'build'], { cwd, shell: process.platform === 'win32' });
};
