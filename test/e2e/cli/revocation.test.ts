import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { admit, converged, dialing, founder, startPair, WAIT } from '../../support/cli-pairing.ts';

/** The events of `smo log`, of those that it marks as excluded the entities alone. */
const logOf = async (device: CliDevice) => {
  const { stdout } = await device.run(['--json', 'log']);
  const events: readonly { readonly entityId: string; readonly excluded?: true }[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { length: events.length, excluded: events.filter((event) => event.excluded).map((e) => e.entityId) };
};

test('what a revoked device wrote later is kept, has no effect, and is shown as excluded everywhere', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  const upA = await a.up();
  const [b, c] = [await admit(upA, 'b', machine), await admit(upA, 'c', machine)];
  const upB = await b.up(...dialing(upA));
  const upC = await c.up(...dialing(upA), ...dialing(upB));
  await b.json(['create', 'Before', '--id', 'before']);
  await converged(upA, upB, upC);
  // a is alone when it revokes b; meanwhile c takes over what b writes, and knows no better.
  await a.json(['offline']);
  await a.json(['device', 'revoke', 'b', '--reason', 'lost']);
  await b.json(['create', 'After', '--id', 'after']);
  await b.json(['update', 'before', 'name=Changed']);
  await vi.waitFor(async () => {
    expect((await c.json(['show', 'before'])).entity).toMatchObject({ name: 'Changed' });
  }, WAIT);
  await a.json(['online']);

  // c tells b of it before it hangs up.
  const devices = [a, b, c];
  // The genesis, two adds, what b wrote first, the revocation, and what b wrote later.
  const length = 7;
  await vi.waitFor(async () => {
    for (const device of devices) {
      expect(await logOf(device)).toEqual({ length, excluded: ['after', 'before'] });
    }
  }, WAIT);
  const statuses = await Promise.all(devices.map((device) => device.json(['status'])));
  for (const { digest, excluded, events } of statuses) {
    expect({ digest, excluded, events }).toEqual({ digest: statuses[0].digest, excluded: 2, events: length });
  }
  for (const device of devices) {
    const { entities } = await device.json(['list']);
    expect(entities).toMatchObject({ before: { name: 'Before' } });
    expect(entities).not.toHaveProperty('after');
    const { events } = await device.json(['history', 'before']);
    expect(events.map(({ excluded }: { readonly excluded?: true }) => excluded)).toEqual([undefined, true]);
    expect((await device.json(['history', 'after'])).events).toMatchObject([{ excluded: true }]);
    expect(await device.text('history', 'before')).toContain('StateUpdated (excluded)');
    expect(await device.text('status')).toMatch(/excluded +2 of them do not count/);
    expect(await device.json(['verify'])).toMatchObject({ ok: true });
  }
  expect(await a.text('log')).toMatch(/ {2}b {2}ev1\w+ {2}EntityCreated \(excluded\) {2}after/);

  // b knows what has happened to it, and what to do.
  expect(statuses[1].revoked).toMatchObject({ by: upA.ready.device, reason: 'lost' });
  expect([statuses[0].revoked, statuses[2].revoked]).toEqual([undefined, undefined]);
  expect(await b.text('status')).toMatch(
    /revoked +this device was removed from the space by a at \S+: lost\n.*smo --home FOLDER join TICKET/,
  );
  const failure = await b.fails(['create', 'In vain']);
  expect(failure).toMatchObject({ exit: 1, code: 'revoked' });
  expect(failure.line).toMatch(/removed from the space by .*\(lost\).*Join again as a new device/);
  await vi.waitFor(async () => {
    for (const { connected } of (await upB.api.status()).peers) expect(connected).toBe(false);
  }, WAIT);
});

test('a device that was revoked cannot join again with its key, and can with a new one', async () => {
  const machine = newMachine();
  const { a, b, upA, upB } = await startPair(machine);
  await a.json(['device', 'revoke', 'b']);
  await vi.waitFor(async () => {
    expect((await b.json(['status'])).revoked).toMatchObject({ by: upA.ready.device, reason: null });
  }, WAIT);
  await upB.end('SIGTERM');
  // As if the join had been interrupted: the key is there, the space is not.
  const path = join(b.home, 'home.json');
  const file = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...file, space: null }));
  const { ticket } = await upA.api.invite({ role: 'writer', expiresInMs: 60_000 });
  const failure = await b.fails(['join', ticket, '--name', 'b'], { oneByOne: true });
  expect(failure).toMatchObject({ exit: 1, code: 'device_revoked' });
  expect(failure.line).toMatch(/removed from the space, which is for ever.*new home/);
  // The ticket is as good as before.
  await machine.device('again').json(['join', ticket, '--name', 'b']);
  const { devices } = await a.json(['device', 'list']);
  expect(
    devices.map((device: Record<string, unknown>) => [device.name, device.revoked !== undefined]),
  ).toEqual([
    ['a', false],
    ['b', false],
    ['b', true],
  ]);
});

test('the invites of an admin that was revoked let nobody in', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  const upA = await a.up();
  const b = await admit(upA, 'b', machine, 'admin');
  const upB = await b.up(...dialing(upA));
  await converged(upA, upB);
  const { ticket } = await b.json(['invite']);
  await a.json(['device', 'revoke', 'b', '--reason', 'stolen']);
  await vi.waitFor(async () => {
    expect((await b.json(['status'])).revoked).toMatchObject({ reason: 'stolen' });
  }, WAIT);
  const joiner = machine.device('joiner');
  expect(await joiner.fails(['join', ticket, '--name', 'x'], { oneByOne: true })).toMatchObject({
    code: 'ticket_refused',
  });
  for (const command of [['invite'], ['device', 'revoke', 'a'], ['device', 'role', 'a', 'reader']]) {
    const failure = await b.fails(command);
    expect(failure).toMatchObject({ exit: 1, code: 'revoked' });
  }
  expect((await a.json(['device', 'list'])).devices).toHaveLength(2);
});
