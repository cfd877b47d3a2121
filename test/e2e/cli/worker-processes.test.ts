import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newMachine, runProgram } from '../../support/cli-device.ts';

test('the program finds what it runs in processes of their own, and the scenarios that come with it', async () => {
  const machine = newMachine();
  const out = join(machine.dir, 'sweep');
  const sweep = ['sim', 'sweep', 'even-split', '--seeds', '2', '--jobs', '2', '--out', out];
  expect(await runProgram(machine, sweep)).toMatchObject({ exit: 0 });
  const rows = (await readFile(join(out, 'sweep.csv'), 'utf8')).trimEnd().split('\n');
  expect(rows).toHaveLength(3);
});

test('the program reads what its engine holds, where it tells states of devices apart', async () => {
  const { exit, stdout } = await runProgram(newMachine(), ['sim', 'explore', '--events', '1', '--json']);
  expect(exit).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ exhausted: true, unreadable: 0, violation: null });
});
