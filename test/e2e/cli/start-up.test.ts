import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';
import { PROGRAM } from '../../support/program.ts';

const RUNS = 7;

const TELL_LOADED = resolve(import.meta.dirname, '../../support/tell-loaded.ts');

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

test('a device that is up and who asks it load HTTP alone, and nothing of fetch and WebSocket', async () => {
  const device = newMachine({ NODE_OPTIONS: `--import=${TELL_LOADED}` }).device('a');
  await device.run(['init', '--name', 'a']);
  const up = await device.up();
  const asked = await device.run(['--json', 'status']);
  expect(asked).toEqual({ exit: 0, stderr: '[]\n', stdout: expect.stringContaining('"running":true') });
  await up.end('SIGTERM');
  expect(up.log.at(-1)).toBe('[]');
});
