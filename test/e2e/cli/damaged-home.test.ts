import { chmod, cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';

/** A device with something in it. */
const prepared = async (): Promise<CliDevice> => {
  const device = await founder(newMachine(), 'a');
  await device.json(['create', 'Milk', '--id', 'milk']);
  return device;
};

/** Commands of every kind fail with the same code, and once the damage is mended all is as before. */
const refusedUntil = async (
  device: CliDevice,
  damage: { readonly code: string; readonly said: RegExp; readonly mend: () => Promise<unknown> },
): Promise<void> => {
  const { code, said } = damage;
  expect(await device.fails(['list'])).toEqual({ exit: 1, code, line: expect.stringMatching(said) });
  for (const args of [
    ['create', 'x'],
    ['up', '--no-mdns'],
  ]) {
    const { exit, stdout } = await device.run(['--json', ...args]);
    expect([exit, JSON.parse(stdout).error.code]).toEqual([1, code]);
  }
  await damage.mend();
  expect(await device.json(['list'])).toEqual({ entities: { milk: { id: 'milk', name: 'Milk' } } });
  expect(await device.json(['verify'])).toMatchObject({ ok: true, events: 2 });
};

test('a home.json that cannot be read, is missing, or is of a newer format', async () => {
  const device = await prepared();
  const file = join(device.home, 'home.json');
  const text = await readFile(file, 'utf8');
  const mend = () => writeFile(file, text);
  const damaged = { code: 'home_damaged', said: /home\.json.*backup/, mend };
  await writeFile(file, 'garbage');
  await refusedUntil(device, damaged);
  await writeFile(file, JSON.stringify({ ...JSON.parse(text), device: 'nobody' }));
  await refusedUntil(device, { ...damaged, said: /home\.json.*device/ });
  await rm(file);
  await refusedUntil(device, { ...damaged, said: /home\.json is missing/ });
  await writeFile(file, JSON.stringify({ ...JSON.parse(text), format: 99, more: true }));
  await refusedUntil(device, { code: 'home_newer', said: /format 99.*newer version/, mend });
});

test("a key that is missing, damaged, somebody else's, or open to others", async () => {
  const device = await prepared();
  const file = join(device.home, 'device.key');
  const kept = `${file}.kept`;
  const other = await founder(device.machine, 'other');
  const mend = () => rename(kept, file);
  await rename(file, kept);
  await refusedUntil(device, { code: 'key_missing', said: /device\.key.*missing.*backup/, mend });
  await rename(file, kept);
  await writeFile(file, 'garbage', { mode: 0o600 });
  await refusedUntil(device, { code: 'key_damaged', said: /device\.key.*backup/, mend });
  await rename(file, kept);
  await cp(join(other.home, 'device.key'), file);
  await refusedUntil(device, { code: 'key_damaged', said: /device\.key is the key of 12D3/, mend });
  await chmod(file, 0o640);
  await refusedUntil(device, { code: 'key_mode', said: /0640.*chmod 600/, mend: () => chmod(file, 0o600) });
});

test('a record store that is missing, cut short or changed is never taken for an empty one', async () => {
  const device = await prepared();
  const folder = join(device.home, 'records');
  const kept = join(device.home, 'kept');
  const mend = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await cp(kept, folder, { recursive: true });
  };
  await cp(folder, kept, { recursive: true });
  await rm(folder, { recursive: true });
  await refusedUntil(device, { code: 'store_damaged', said: /records is missing.*smo doctor/, mend });
  const current = (await readFile(join(folder, 'CURRENT'), 'utf8')).trim();
  await truncate(join(folder, current), 20);
  await refusedUntil(device, { code: 'store_damaged', said: /records: .*smo doctor/, mend });
  await rm(join(folder, 'CURRENT'));
  await refusedUntil(device, { code: 'store_damaged', said: /CURRENT.*smo doctor/, mend });
});

test('a store that is older than what the device has signed goes on in another log', async () => {
  const device = await prepared();
  const kept = join(device.machine.dir, 'kept');
  await cp(device.home, kept, { recursive: true });
  await device.json(['create', 'Bread', '--id', 'bread']);
  await rm(device.home, { recursive: true });
  await cp(kept, device.home, { recursive: true });
  expect(Object.keys((await device.json(['list'])).entities)).toEqual(['milk']);
  const before = await device.json(['status']);
  expect(before).toMatchObject({ events: 2, retiredLogs: [{ reason: 'behind' }] });
  const [{ origin }] = before.retiredLogs;
  expect(before.origin).not.toBe(origin);
  const { events } = await device.json(['create', 'Beer', '--id', 'beer']);
  expect(events).toEqual([{ id: expect.any(String), origin: before.origin, seq: 1, entityId: 'beer' }]);
  // What the home notes holds also without the marker.
  await rm(join(device.machine.dir, 'state'), { recursive: true });
  const after = await device.json(['status']);
  expect(after).toMatchObject({
    events: 3,
    origin: before.origin,
    retiredLogs: [{ origin, reason: 'behind' }],
  });
});

test('derived state that is lost or damaged is made anew', async () => {
  const device = await prepared();
  const state = join(device.home, 'state');
  const before = await device.json(['status']);
  await rm(state, { recursive: true });
  expect(await device.json(['status'])).toEqual(before);
  await writeFile(join(state, 'CURRENT'), 'garbage');
  expect(await device.json(['status'])).toEqual(before);
  expect(await device.json(['show', 'milk'])).toMatchObject({ entity: { name: 'Milk' } });
});

test('lost addresses cost a search and nothing else; lost invites have to be made again', async () => {
  const device = await prepared();
  await writeFile(join(device.home, 'address-book.json'), 'garbage');
  await (await device.up()).end('SIGTERM');
  const invites = join(device.home, 'invites.json');
  await writeFile(invites, 'garbage', { mode: 0o600 });
  expect(await device.fails(['invite'])).toMatchObject({
    code: 'home_damaged',
    line: expect.stringContaining(invites),
  });
  await rm(invites);
  expect(await device.json(['invite'])).toMatchObject({ ticket: expect.stringMatching(/^smo1/) });
});
