import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { admit, converged, dialing, founder, startPair, WAIT } from '../../support/cli-pairing.ts';

/** Follows the log of a device from its end on; gives the next event each time it is asked. */
const followLog = async (device: CliDevice) => {
  const child = device.machine.spawn(['--home', device.home, '--json', 'log', '--follow', '--last', '1']);
  const lines = createInterface({ input: child.stdout });
  const next = async () => JSON.parse((await once(lines, 'line'))[0]);
  await next();
  return { next, child };
};

test('a device joins by a ticket and holds what the space held', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  await a.json(['create', 'Before', '--id', 'before']);
  const upA = await a.up();
  expect(upA.ready).toEqual({
    ready: true,
    device: upA.ready.device,
    addresses: [expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3KooW/)],
    socket: join(a.home, 'control.sock'),
  });
  const b = await admit(upA, 'b', machine);
  expect(await b.json(['show', 'before'])).toMatchObject({ entity: { name: 'Before' } });
  expect((await b.json(['status'])).digest).toBe((await a.json(['status'])).digest);

  const upB = await b.up(...dialing(upA));
  await converged(upA, upB);
  const [peer] = (await b.json(['status'])).peers;
  expect(peer).toEqual({
    device: upA.ready.device,
    name: 'a',
    role: 'admin',
    connected: true,
    path: expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\//),
    lag: 0,
    strikes: 0,
  });
  await b.json(['create', 'From b', '--id', 'later']);
  await converged(upA, upB);
  expect(await a.json(['show', 'later'])).toMatchObject({ entity: { name: 'From b' } });
  for (const device of [a, b]) expect(await device.json(['verify'])).toMatchObject({ ok: true, logs: 2 });
});

test('an update is visible on the other device within a second', async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  await upA.api.append({ drafts: [{ type: 'plos.core/EntityCreated', entityId: 'x', payload: { n: 0 } }] });
  await converged(upA, upB);
  const log = await followLog(b);
  const tookMs: number[] = [];
  for (const n of [1, 2, 3]) {
    const seen = log.next();
    const began = performance.now();
    await a.json(['update', 'x', `n=${n}`]);
    expect((await seen).payload).toEqual({ n });
    tookMs.push(Math.round(performance.now() - began));
  }
  process.stdout.write(`visible on the other device after ${tookMs.join(', ')} ms, the command included\n`);
  // The promise is a second; the deadline leaves room for a machine that does much else.
  expect(Math.min(...tookMs)).toBeLessThan(5_000);
  log.child.kill('SIGINT');
  const [exit] = await once(log.child, 'close');
  expect(exit).toBe(0);
});

test('a device that was off-line catches up by itself, and a third one gets everything from either', async () => {
  const machine = newMachine();
  const { a, b, upA, upB } = await startPair(machine);
  await upB.end('SIGTERM');
  await a.json(['create', 'While b slept', '--id', 'x']);
  await b.json(['create', 'While b was off-line', '--id', 'y']);
  const again = await b.up(...dialing(upA));
  await converged(upA, again);
  const c = await admit(upA, 'c', machine);
  // Until b has read that c was let in, it takes c for a stranger.
  await vi.waitFor(async () => expect((await again.api.status()).peers).toHaveLength(2), WAIT);
  await upA.end('SIGTERM');
  // a is gone: what c lacks comes from b, which it has never met before.
  await again.api.append({ drafts: [{ type: 'plos.core/StateUpdated', entityId: 'y', payload: { n: 1 } }] });
  const upC = await c.up(...dialing(again));
  await vi.waitFor(async () => {
    expect((await upC.api.status()).digest).toBe((await again.api.status()).digest);
    expect(Object.keys((await upC.api.list()).entities)).toEqual(['x', 'y']);
  }, WAIT);
});

test('devices that lost each other find themselves by mDNS alone', async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  await Promise.all([upA.end('SIGINT'), upB.end('SIGINT')]);
  for (const { home } of [a, b]) await rm(join(home, 'address-book.json'));
  await a.json(['create', 'Of a']);
  await b.json(['create', 'Of b']);
  await Promise.all([a.start(), b.start()]).then((devices) => converged(...devices));
  expect(Object.keys((await b.json(['list'])).entities)).toHaveLength(2);
});
