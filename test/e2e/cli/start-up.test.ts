import { execFileSync } from 'node:child_process';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';
import { PROGRAM } from '../../support/program.ts';

const RUNS = 7;

/** Only told, not judged: how fast a machine starts a process says nothing about right or wrong. */
test('status of a small home answers at once', async () => {
  const device = await founder(newMachine(), 'a');
  await device.json(['create', 'Milk']);
  const env = { PATH: process.env.PATH, SMO_STATE_HOME: `${device.machine.dir}/state` };
  const args = [PROGRAM, '--home', device.home, '--json', 'status'];
  const timesMs = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    expect(JSON.parse(execFileSync(execPath, args, { env, encoding: 'utf8' }))).toMatchObject({ events: 2 });
    return Math.round(performance.now() - began);
  }).sort((a, b) => a - b);
  process.stdout.write(`smo status: ${timesMs.join(', ')} ms\n`);
});
