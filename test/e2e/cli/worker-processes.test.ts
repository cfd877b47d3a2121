import { cp, readdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { scriptOutput } from '../../simulations/script-output.ts';
import { newMachine, runProgram } from '../../support/cli-device.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test('the program finds what it runs in processes of their own, and the scenarios that come with it', async () => {
  const machine = newMachine();
  const out = join(machine.dir, 'sweep');
  const sweep = ['sim', 'sweep', 'even-split', '--seeds', '2', '--jobs', '2', '--out', out];
  expect(await runProgram(machine, sweep)).toMatchObject({ exit: 0 });
  const rows = (await readFile(join(out, 'sweep.csv'), 'utf8')).trimEnd().split('\n');
  expect(rows).toHaveLength(3);
});

test('the program reads what its engine holds, where it tells states of devices apart', async () => {
  // As npm installs it: in a folder of packages, beside those that it needs.
  const packages = join(newMachine().dir, 'node_modules');
  const installed = join(packages, 'smo-mesh');
  await cp(join(ROOT, 'dist'), join(installed, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(installed, 'package.json'));
  for (const name of await readdir(join(ROOT, 'node_modules')))
    await symlink(join(ROOT, 'node_modules', name), join(packages, name), 'junction');
  const program = join(installed, 'dist/program/main.js');
  const printed = await scriptOutput(program, 'sim', 'explore', '--events', '1', '--json');
  expect(JSON.parse(printed)).toMatchObject({ exhausted: true, unreadable: 0, violation: null });
});
