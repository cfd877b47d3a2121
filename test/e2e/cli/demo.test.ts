import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { DemoReport } from '../../../node/cli/index.ts';
import { makeSampleRepository } from '../../../node/git/index.ts';
import { assertFailure, type Machine, newMachine, runProgram } from '../../support/cli-device.ts';
import { WAIT } from '../../support/cli-pairing.ts';

/** Runs the demo, which must come to a good end, and gives its report. */
const demo = async (...[machine, args, cwd]: readonly [Machine, readonly string[], string?]) => {
  const { exit, stdout, stderr } = await runProgram(machine, ['--json', 'demo', ...args], cwd ? { cwd } : {});
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const report: DemoReport = JSON.parse(stdout);
  expect(report).toMatchObject({ ok: true, converged: true, stateEqualsGit: true });
  expect(new Set(report.devices.map(({ digest }) => digest)).size).toBe(1);
  for (const device of report.devices) {
    expect(device).toMatchObject({ verified: true, events: report.events, segments: report.segments });
    expect(Math.min(device.bytesIn, device.bytesOut)).toBeGreaterThan(0);
  }
  expect(report.bytesMoved).toBeGreaterThan(0);
  // At least the one that was made by hand.
  expect(report.conflictsClosed).toBeGreaterThan(0);
  const { sides, healed } = report.partition;
  expect(sides.map(({ value }) => value)).toEqual(['green', 'blue']);
  expect(new Set([...sides, healed].map(({ digest }) => digest)).size).toBe(3);
  expect(healed.events).toBeGreaterThan(Math.max(...sides.map(({ events }) => events)));
  return report;
};

const sampleRepository = async (machine: Machine): Promise<string> => {
  const folder = join(machine.dir, 'repository');
  await makeSampleRepository(folder);
  return folder;
};

test('devices play a history with merges and keep their homes', { timeout: 60_000 }, async () => {
  const machine = newMachine();
  const repository = await sampleRepository(machine);
  const keep = join(machine.dir, 'kept');
  const report = await demo(machine, ['--git', repository, '--keep', keep]);
  expect(report).toMatchObject({ source: repository, commits: 31 });
  expect((await readdir(keep)).sort()).toEqual(report.devices.map(({ name }) => name).sort());
  for (const { name, device, digest, events } of report.devices) {
    const kept = machine.device(name, join(keep, name));
    expect(await kept.json(['status'])).toMatchObject({ name, device, digest, events, running: false });
    expect(await kept.json(['verify'])).toMatchObject({ ok: true });
  }
  // They are devices like any other: one writes, and the others know it as their peer.
  const [first] = report.devices;
  const device = machine.device(first?.name ?? '', join(keep, first?.name ?? ''));
  await device.json(['create', 'After the demo']);
  expect((await device.json(['peers'])).peers).toHaveLength(2);
  // Nothing else is left behind.
  expect(await readdir(join(machine.dir, 'tmp'))).toEqual([]);
});

test('a history survives that each device is killed once', { timeout: 60_000 }, async () => {
  const machine = newMachine();
  const report = await demo(machine, ['--git', await sampleRepository(machine), '--crash', '--devices', '2']);
  expect(report.devices).toHaveLength(2);
});

test('in a folder without git a small history is made', { timeout: 60_000 }, async () => {
  const machine = newMachine();
  const empty = join(machine.dir, 'empty');
  await mkdir(empty);
  const human = await runProgram(machine, ['demo', '--devices', '2'], { cwd: empty });
  expect(human).toMatchObject({ exit: 0, stderr: '' });
  expect(human.stdout).toContain('a made repository');
  expect(human.stdout).toMatch(/laptop[\s\S]*desktop/);
  expect(await readdir(empty)).toEqual([]);
});

test('a demo that is interrupted stops its devices and throws their homes away', async () => {
  const machine = newMachine();
  const child = machine.spawn(['--json', 'demo', '--git', await sampleRepository(machine)]);
  const temporary = join(machine.dir, 'tmp');
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const sockets = async () =>
    (await readdir(temporary, { recursive: true })).filter((path) => path.endsWith('control.sock'));
  await vi.waitFor(async () => expect(await sockets()).toHaveLength(2), WAIT);
  child.kill('SIGINT');
  const [exit] = await once(child, 'close');
  expect(exit).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'interrupted' } });
  expect(await readdir(temporary)).toEqual([]);
});

test('a path that is no repository is refused, and nothing is left behind', async () => {
  const machine = newMachine();
  const args = ['demo', '--git', join(machine.dir, 'none'), '--keep', join(machine.dir, 'kept')];
  const failure = assertFailure(
    ...(await Promise.all([runProgram(machine, args), runProgram(machine, ['--json', ...args])])),
  );
  expect(failure).toMatchObject({ exit: 1, code: 'git_not_a_repository' });
  expect(await readdir(join(machine.dir, 'tmp'))).toEqual([]);
  expect(await readdir(machine.dir)).toEqual(['tmp']);
});
