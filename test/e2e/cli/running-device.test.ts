import { once } from 'node:events';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { founder, startPair } from '../../support/cli-pairing.ts';

test("while a device is up, every command works through its socket, which is its owner's alone", async () => {
  const device = await founder(newMachine(), 'a');
  const up = await device.up();
  expect((await stat(up.ready.socket)).mode & 0o777).toBe(0o600);
  await device.json(['create', 'Milk', '--id', 'milk', 'n=1']);
  await device.json(['create', 'Shop', '--id', 'shop']);
  await device.json(['update', 'milk', 'n=2']);
  const { relation } = await device.json(['relate', 'milk', 'from', 'shop']);
  await device.json(['unrelate', 'milk', relation]);
  await device.json(['metric', 'milk', 'price', '1']);
  const input = '{"type":"a/B","entityId":"c","payload":{}}\n';
  await device.json(['append', '--jsonl', '-'], { input });
  const event = '{"id":"e","type":"plos.core/EntityCreated","entityId":"old","payload":{},"timestamp":9}\n';
  expect(await device.json(['import', '-'], { input: event })).toMatchObject({ imported: 1 });
  expect(await device.json(['show', 'milk'])).toMatchObject({ entity: { n: 2, metrics: [{ value: 1 }] } });
  expect((await device.json(['history', 'milk', 'n'])).events).toHaveLength(2);
  expect(await device.json(['conflicts'])).toEqual({ conflicts: [] });
  expect((await device.json(['seal'])).segments).toHaveLength(2);
  expect(await device.json(['verify'])).toMatchObject({ ok: true, events: 9 });
  expect((await device.text('export')).trimEnd().split('\n')).toHaveLength(9);
  expect((await device.text('log')).trimEnd().split('\n')).toHaveLength(9);
  expect(await device.json(['status'])).toMatchObject({ running: true, online: true, events: 9 });
  expect(await device.json(['offline'])).toEqual({ enabled: false });
  expect(await device.json(['status'])).toMatchObject({ running: true, online: false });
  expect(await device.json(['online'])).toEqual({ enabled: true });

  const served = await up.api.status();
  await up.end('SIGTERM');
  // What was said over the socket is what the home holds without it.
  expect(await device.json(['status'])).toMatchObject({ running: false, events: 9, digest: served.digest });
});

test('a home whose path is too long for a socket has it elsewhere, as private', async () => {
  const machine = newMachine();
  const device = machine.device('deep', join(machine.dir, 'd'.repeat(60), 'e'.repeat(60)));
  await device.json(['init', '--name', 'deep']);
  const up = await device.up();
  expect(dirname(up.ready.socket)).not.toContain('ddd');
  expect((await stat(up.ready.socket)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(up.ready.socket))).mode & 0o777).toBe(0o700);
  await device.json(['create', 'Milk']);
  expect(await device.json(['status'])).toMatchObject({ running: true, events: 2 });
});

test('a home that can hold no socket has it elsewhere, as private, and every command finds it', async () => {
  const machine = newMachine();
  const device = await founder(machine, 'a');
  // Where no socket can be, whatever the reason.
  await writeFile(join(device.home, 'control.sock'), '');
  const up = await device.up();
  expect(up.ready.socket).toMatch(join(machine.dir, 'tmp'));
  expect((await stat(up.ready.socket)).mode & 0o777).toBe(0o600);
  await device.json(['create', 'Milk']);
  expect(await device.json(['status'])).toMatchObject({ running: true });
  await up.end('SIGTERM');
  expect(await device.json(['status'])).toMatchObject({ running: false });
});

test('SIGINT and SIGTERM stop connected devices within three seconds', async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  const follower = a.machine.spawn(['--home', a.home, '--json', 'log', '--follow']);
  await once(follower.stdout, 'data');
  const [endedA, endedB, [exit]] = await Promise.all([
    upA.end('SIGINT'),
    upB.end('SIGTERM'),
    once(follower, 'close'),
  ]);
  for (const { exit, tookMs } of [endedA, endedB]) {
    expect(exit).toBe(0);
    expect(tookMs).toBeLessThan(3_000);
  }
  // Who followed the log is told that it has not come to its end.
  expect(exit).toBe(1);
  await expect(access(upA.ready.socket)).rejects.toThrow('ENOENT');
  expect(await b.json(['status'])).toMatchObject({
    running: false,
    peers: [{ name: 'a', connected: false }],
  });
});
