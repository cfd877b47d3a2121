import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';

const BUILT = resolve(import.meta.dirname, '../../../dist/node/cli/main.js');
const RUNS = 7;

/** Only told, not judged: how fast a machine starts a process says nothing about right or wrong. */
test.runIf(existsSync(BUILT))('status of a small home answers at once', async () => {
  const device = await founder(newMachine(), 'a');
  await device.json(['create', 'Milk']);
  const env = { PATH: process.env.PATH, SMO_STATE_HOME: `${device.machine.dir}/state` };
  const args = [BUILT, '--home', device.home, '--json', 'status'];
  const timesMs = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    expect(JSON.parse(execFileSync(execPath, args, { env, encoding: 'utf8' }))).toMatchObject({ events: 2 });
    return Math.round(performance.now() - began);
  }).sort((a, b) => a - b);
  process.stdout.write(`smo status: ${timesMs.join(', ')} ms\n`);
});
