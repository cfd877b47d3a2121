import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { DoctorReport } from '../../../node/api/index.ts';
import { blockKey, recordKey, sealedKey } from '../../../node/store/record-key.ts';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { converged, dialing, startPair, WAIT } from '../../support/cli-pairing.ts';
import { changeRow, flipLast, remove } from '../../support/spoiled-store.ts';

/** Runs `doctor` and gives its report, with the exit code that goes with it. */
const doctor = async (device: CliDevice, ...args: readonly string[]): Promise<DoctorReport> => {
  const { exit, stdout, stderr } = await device.run(['--json', 'doctor', ...args]);
  const report: DoctorReport = JSON.parse(stdout);
  expect({ exit, stderr }).toEqual({ exit: report.ok ? 0 : 1, stderr: '' });
  return report;
};

const write = async (device: CliDevice, ...ids: readonly string[]): Promise<void> => {
  for (const id of ids) await device.json(['create', id, '--id', id]);
};

test('damaged records are given up, come back from another device, and all is as it was', {
  timeout: 120_000,
}, async () => {
  const { a, upA, upB } = await startPair(newMachine());
  await write(a, 'milk', 'bread');
  await a.json(['seal']);
  await write(a, 'beer', 'wine');
  await converged(upA, upB);
  expect(await doctor(a)).toMatchObject({ ok: true, findings: [] });
  const { origin, frontier } = await a.json(['status']);
  const before = await a.json(['list']);
  const events = await a.text('export');
  await upA.end('SIGTERM');

  await changeRow(join(a.home, 'records'), recordKey(origin, frontier[origin] - 1), flipLast);
  const found = await doctor(a);
  expect(found).toMatchObject({ ok: false, repairs: [{ repair: 'records', done: false }] });
  expect(found.findings[0]).toMatchObject({ code: 'store_damaged', remedy: 'repair', origin });

  const repaired = await doctor(a, '--repair');
  const [{ done, copy = '' } = {}] = repaired.repairs;
  expect(done).toBe(true);
  expect(await readdir(copy)).toContain('CURRENT');
  expect(repaired.findings.find(({ code }) => code === 'log_cut')).toMatchObject({ origin, remedy: 'self' });

  const again = await a.up(...dialing(upB));
  await converged(again, upB);
  // While it is up, too: it looks at itself.
  await vi.waitFor(async () => {
    const { ok, findings } = await doctor(a);
    expect(ok).toBe(true);
    expect(findings.filter(({ remedy }) => remedy !== 'none')).toEqual([]);
  }, WAIT);
  expect(await a.json(['list'])).toEqual(before);
  expect(await a.text('export')).toBe(events);
  await write(a, 'salt');
  await converged(again, upB);
  expect((await a.json(['verify'])).ok).toBe(true);
});

test('damaged sealed segments are marked while the device is up, and come back in their place', {
  timeout: 120_000,
}, async () => {
  const { a, upA, upB } = await startPair(newMachine());
  await write(a, 'milk', 'bread');
  await a.json(['seal']);
  await write(a, 'beer');
  await a.json(['seal']);
  await write(a, 'wine');
  await converged(upA, upB);
  const { origin } = await a.json(['status']);
  const events = await a.text('export');
  await upA.end('SIGTERM');
  await changeRow(join(a.home, 'records'), blockKey(origin, 0), flipLast);
  await changeRow(join(a.home, 'records'), sealedKey(origin, 1), remove);

  const alone = await a.up();
  expect(await doctor(a)).toMatchObject({ ok: false, repairs: [{ repair: 'segments', done: false }] });
  const marked = await doctor(a, '--repair');
  expect(marked).toMatchObject({ ok: true, repairs: [{ repair: 'segments', done: true }] });
  await alone.end('SIGTERM');

  const again = await a.up(...dialing(upB));
  await vi.waitFor(async () => {
    expect((await doctor(a)).findings.map(({ code }) => code)).toEqual([]);
  }, WAIT);
  expect(await readdir(join(a.home, 'quarantine'))).toHaveLength(2);
  expect((await again.api.status()).damagedSegments).toEqual([]);
  expect(await a.text('export')).toBe(events);
  await converged(again, upB);
});

test('a home that does not open is told in plain words, never with a stack trace', async () => {
  const { a, upA, upB } = await startPair(newMachine());
  await Promise.all([upA, upB].map((up) => up.end('SIGTERM')));
  const key = join(a.home, 'device.key');
  await chmod(key, 0o644);
  const text = await a.run(['doctor']);
  expect(text).toMatchObject({ exit: 1, stderr: '' });
  expect(text.stdout).toMatch(/^Can be repaired \(1\)\n {2}key_mode {2}other users of this machine/);
  expect((await doctor(a, '--repair')).ok).toBe(true);
  const home = join(a.home, 'home.json');
  const json = await readFile(home, 'utf8');
  await writeFile(home, json.slice(0, 50));
  const { exit, stdout, stderr } = await a.run(['doctor', '--repair']);
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
  expect(stdout).toContain('home_damaged');
  expect(stdout).not.toMatch(/\n\s+at /);
  expect(await readFile(home, 'utf8')).toBe(json.slice(0, 50));
});

test('a record store that is lost as a whole comes back from a device that was met before', {
  timeout: 120_000,
}, async () => {
  const { b, upA, upB } = await startPair(newMachine());
  await write(b, 'milk');
  await b.json(['seal']);
  await write(b, 'bread');
  await converged(upA, upB);
  const events = await b.text('export');
  await upB.end('SIGTERM');
  await rm(join(b.home, 'records'), { recursive: true });
  expect((await doctor(b)).repairs).toMatchObject([{ repair: 'records', done: false }]);
  // Nothing that is left says who is a member.
  const repaired = await doctor(b, '--repair');
  expect(repaired.findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['recovering', 'no_events']),
  );

  const again = await b.up(...dialing(upA));
  await converged(again, upA);
  expect(await b.text('export')).toBe(events);
  await vi.waitFor(async () => {
    expect((await doctor(b)).findings.filter(({ remedy }) => remedy !== 'none')).toEqual([]);
    expect(await readdir(b.home)).not.toContain('recovery.json');
  }, WAIT);
  await write(b, 'salt');
  await converged(again, upA);
});
