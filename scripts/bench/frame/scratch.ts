import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

/** Of a process that was interrupted by somebody (SIGINT). */
const INTERRUPTED = 130;

/** Lends a new folder and removes it afterwards, also when somebody interrupts. */
export const withScratch = async <Result>(
  within: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> => {
  const folder = await mkdtemp(join(within, 'smo-bench-'));
  const leave = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  try {
    return await use(folder);
  } finally {
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
    await rm(folder, { recursive: true, force: true });
  }
};

/** Lends a new folder of a scratch folder, and removes it afterwards: what one round leaves must not fill the disk. */
export const withRoundFolder = async <Result>(
  scratch: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> => {
  const folder = await mkdtemp(join(scratch, 'round-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
