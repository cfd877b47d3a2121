import { expect, test, vi } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { admit, converged, dialing, startPair, WAIT } from '../../support/cli-pairing.ts';

test('a device that is revoked is hung up on, cannot come back, and what it writes later counts nowhere', async () => {
  const machine = newMachine();
  const { a, b, upA, upB } = await startPair(machine);
  await b.json(['create', 'Before', '--id', 'before']);
  await converged(upA, upB);
  const revoked = await a.json(['device', 'revoke', 'b', '--reason', 'lost']);
  expect(revoked).toMatchObject({
    name: 'b',
    excluded: 0,
    revoked: { reason: 'lost', by: upA.ready.device },
  });
  await vi.waitFor(async () => {
    expect((await b.json(['status'])).peers).toMatchObject([{ connected: false }]);
  }, WAIT);
  // It may not have heard that it was revoked; what it writes stays with it.
  await b.run(['create', 'After', '--id', 'after']);
  await upB.end('SIGTERM');
  const again = await b.up(...dialing(upA));
  const c = await admit(upA, 'c', machine);
  const upC = await c.up(...dialing(upA));
  await vi.waitFor(async () => {
    const [one, two] = [await a.json(['status']), await c.json(['status'])];
    expect(two.digest).toBe(one.digest);
    expect(one.peers.map(({ name }: { readonly name: string }) => name)).toEqual(['c']);
  }, WAIT);
  expect((await c.json(['list'])).entities).toHaveProperty('before');
  expect((await c.json(['list'])).entities).not.toHaveProperty('after');
  const { devices } = await c.json(['device', 'list']);
  expect(devices.map(({ name, self }: Record<string, unknown>) => [name, self])).toEqual([
    ['c', true],
    ['a', false],
    ['b', false],
  ]);
  expect(devices[2]).toMatchObject({ revoked: { reason: 'lost' } });
  await Promise.all([again.end('SIGTERM'), upC.end('SIGTERM')]);
});

test('what cannot be changed is told with what to do', async () => {
  const { a, b } = await startPair(newMachine());
  expect(await b.fails(['device', 'revoke', 'a'])).toMatchObject({ code: 'not_admin' });
  expect(await b.fails(['device', 'role', 'b', 'admin'])).toMatchObject({ code: 'not_admin' });
  expect(await b.fails(['device', 'rename', 'a', 'x'])).toMatchObject({ code: 'not_admin' });
  expect(await a.fails(['device', 'revoke', 'a'])).toMatchObject({ code: 'last_admin' });
  expect(await a.fails(['device', 'role', 'a', 'writer'])).toMatchObject({ code: 'last_admin' });
  expect(await a.fails(['device', 'rename', 'nobody', 'x'])).toMatchObject({ code: 'device_unknown' });
  expect(await a.fails(['device', 'rename', '12D3KooW', 'x'])).toMatchObject({ code: 'device_ambiguous' });
  expect(await a.fails(['device', 'rename', 'b', ''])).toMatchObject({ code: 'bad_label' });
});

test('names and roles change everywhere, and a reader writes nothing', async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  await b.json(['device', 'rename', 'b', 'tablet']);
  expect(await b.json(['status'])).toMatchObject({ name: 'tablet' });
  await converged(upA, upB);
  expect(await a.json(['device', 'role', 'tablet', 'reader'])).toMatchObject({
    name: 'tablet',
    role: 'reader',
  });
  await vi.waitFor(async () => {
    expect((await b.json(['device', 'list'])).devices[0]).toMatchObject({ name: 'tablet', role: 'reader' });
  }, WAIT);
  const failure = await b.fails(['create', 'Not for a reader']);
  expect(failure).toMatchObject({ exit: 1, code: 'not_writer' });
  expect(failure.line).toMatch(/this device is a reader.*Ask an admin of the space to change its role/);
  // Nor can it rename itself: its log does not count.
  expect(await b.fails(['device', 'rename', 'tablet', 'x'])).toMatchObject({ code: 'not_writer' });
  await a.json(['device', 'role', 'tablet', 'admin']);
  await vi.waitFor(async () => {
    expect((await b.json(['device', 'list'])).devices[0]).toMatchObject({ role: 'admin' });
  }, WAIT);
  // What it wrote as a reader would not count, so it goes on in a new log.
  await b.json(['create', 'From an admin', '--id', 'x']);
  await converged(upA, upB);
  expect(await a.json(['show', 'x'])).toMatchObject({ entity: { name: 'From an admin' } });
  expect((await b.json(['status'])).retiredLogs).toMatchObject([{ reason: 'excluded' }]);
});
