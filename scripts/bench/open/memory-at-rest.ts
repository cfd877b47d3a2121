import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

/** How long the system may take to get back what was freed. */
const SETTLE_MS = 300;

/** Resident memory once all garbage is collected; the process is started with `--expose-gc`. */
export const memoryAtRestMiB = async (): Promise<number> => {
  if (globalThis.gc === undefined) throw new TypeError('memory at rest needs --expose-gc');
  globalThis.gc();
  await pause(SETTLE_MS);
  return process.memoryUsage.rss() / 2 ** 20;
};
