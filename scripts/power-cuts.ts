/**
 * Cuts the power of a device at any moment: watches what a process does to its files, makes of that what a disk may hold
 * when the power goes, and looks whether the device goes on from there with all that it has answered for. Linux, with
 * strace. Exits with 0 if so, and with 1 if not.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type PowerCutOptions, readOptions, USAGE } from './power-cuts/options.ts';
import { HEAD, outcomeText } from './power-cuts/report.ts';
import { tryWorkload } from './power-cuts/trial.ts';
import { readArgs } from './read-args.ts';

const cutPower = async ({ workloads, states, seed, keep }: PowerCutOptions): Promise<boolean> => {
  if (keep !== undefined) mkdirSync(keep, { recursive: true });
  const folder = mkdtempSync(join(keep ?? tmpdir(), 'smo-power-cuts-'));
  let wrong = 0;
  console.log(HEAD);
  try {
    for (const name of workloads) {
      const outcome = await tryWorkload({ name, states, seed, folder: join(folder, name) });
      console.log(outcomeText(name, outcome));
      wrong += outcome.wrong.length;
    }
  } finally {
    if (wrong === 0) rmSync(folder, { recursive: true, force: true });
    else console.log(`\nThose crash states are in ${folder}; each is a home, with what is kept beside it.`);
  }
  return wrong === 0;
};

const options = readArgs(readOptions, USAGE);
try {
  if (options === undefined || !(await cutPower(options))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
