import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { EventView } from '../../../node/api/index.ts';
import { newMachine, type RunningDevice } from '../../support/cli-device.ts';
import { admit, converged, dialing, founder, startPair, WAIT } from '../../support/cli-pairing.ts';

/** How many events a device lists, and the entities of those that it marks as excluded. */
const listed = async ({ api }: RunningDevice) => {
  const events: EventView[] = [];
  for await (const event of api.log({ follow: false })) events.push(event);
  return {
    length: events.length,
    excluded: events.filter(({ excluded }) => excluded).map((e) => e.entityId),
  };
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
  await upA.api.network({ enabled: false });
  await upA.api.revokeDevice({ device: 'b', reason: 'lost' });
  await b.json(['create', 'After', '--id', 'after']);
  await b.json(['update', 'before', 'name=Changed']);
  await vi.waitFor(async () => {
    expect((await upC.api.show({ entity: 'before' })).entity).toMatchObject({ name: 'Changed' });
  }, WAIT);
  await upA.api.network({ enabled: true });

  // c tells b of it before it hangs up. The genesis, two adds, what b wrote, the revocation, and what b wrote later.
  const ups = [upA, upB, upC];
  const length = 7;
  await vi.waitFor(async () => {
    for (const up of ups) expect(await listed(up)).toEqual({ length, excluded: ['after', 'before'] });
  }, WAIT);
  const statuses = await Promise.all(ups.map(({ api }) => api.status()));
  for (const { digest, excluded, events } of statuses) {
    expect({ digest, excluded, events }).toEqual({
      digest: statuses[0]?.digest,
      excluded: 2,
      events: length,
    });
  }
  for (const { api } of ups) {
    const { entities } = await api.list();
    expect(entities).toMatchObject({ before: { name: 'Before' } });
    expect(entities).not.toHaveProperty('after');
    const { events } = await api.history({ entity: 'before' });
    expect(events.map(({ excluded }) => excluded)).toEqual([undefined, true]);
    expect((await api.history({ entity: 'after' })).events).toMatchObject([{ excluded: true }]);
    expect(await api.verify()).toMatchObject({ ok: true });
  }
  expect((await c.json(['history', 'before'])).events[1]).toMatchObject({ excluded: true });
  expect(await c.text('history', 'before')).toContain('StateUpdated (excluded)');
  expect(await c.text('log')).toMatch(/ {2}b {2}ev1\w+ {2}EntityCreated \(excluded\) {2}after/);
  expect(await c.text('status')).toMatch(/excluded +2 events do not count/);

  // b knows what has happened to it, and what to do.
  expect(statuses.map(({ revoked }) => revoked?.reason)).toEqual([undefined, 'lost', undefined]);
  expect(await b.text('status')).toMatch(
    /revoked +this device was removed from the space by a at \S+: lost\n.*smo --home FOLDER join TICKET/,
  );
  const failure = await b.fails(['create', 'In vain']);
  expect(failure).toMatchObject({ exit: 1, code: 'revoked' });
  expect(failure.line).toMatch(/removed from the space by .*\(lost\).*Join again as a new device/);
  await vi.waitFor(async () => {
    for (const { connected } of (await upB.api.status()).peers) expect(connected).toBe(false);
  }, WAIT);
  // That the others are away is no news then, and nothing that comes right.
  const { ok, findings } = await upB.api.doctor({ repair: false });
  expect({ ok, codes: findings.map(({ code }) => code) }).toEqual({ ok: false, codes: ['revoked'] });
}, 60_000);

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
}, 60_000);

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
}, 60_000);
