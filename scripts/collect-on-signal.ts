/**
 * To be imported before the program, with `--expose-gc`: on SIGUSR2 all garbage is collected, and a line on stderr
 * tells what is left. Resident memory between two collections says little of what a process needs.
 */
import process from 'node:process';

/** How long the system may take to get back what was freed. */
const SETTLE_MS = 300;

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  setTimeout(() => {
    process.stderr.write(`collected ${JSON.stringify(process.memoryUsage())}\n`);
  }, SETTLE_MS).unref();
});
