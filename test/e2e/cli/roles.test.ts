import { expect, test, vi } from 'vitest';
import { newMachine } from '../../support/cli-device.ts';
import { admit, dialing, founder, WAIT } from '../../support/cli-pairing.ts';

test('a replica holds and passes on what others write, and writes nothing itself', async () => {
  const machine = newMachine();
  const a = await founder(machine, 'a');
  const upA = await a.up();
  const r = await admit(upA, 'r', machine, 'replica');
  const b = await admit(upA, 'b', machine);
  const upR = await r.up(...dialing(upA));
  await a.json(['create', 'Kept by r', '--id', 'x']);
  await vi.waitFor(async () => expect((await upR.api.list()).entities).toHaveProperty('x'), WAIT);
  await upA.end('SIGTERM');
  // b has never met r, and a is gone.
  const upB = await b.up(...dialing(upR));
  await vi.waitFor(async () => {
    expect((await upB.api.status()).digest).toBe((await upR.api.status()).digest);
    expect((await upB.api.list()).entities).toHaveProperty('x');
  }, WAIT);
  const failure = await r.fails(['create', 'From r']);
  expect(failure).toMatchObject({ exit: 1, code: 'not_writer' });
  expect(failure.line).toMatch(/replica.*Ask an admin/);
  expect(await r.fails(['device', 'rename', 'r', 'x'])).toMatchObject({ code: 'not_writer' });
  expect(await r.fails(['invite'])).toMatchObject({ code: 'not_admin' });
  expect(await r.json(['show', 'x'])).toMatchObject({ entity: { name: 'Kept by r' } });
  expect(await r.json(['verify'])).toMatchObject({ ok: true });
  // The other way round: what b writes reaches a through r alone.
  await b.json(['create', 'From b', '--id', 'y']);
  await vi.waitFor(async () => expect((await upR.api.list()).entities).toHaveProperty('y'), WAIT);
  await upB.end('SIGTERM');
  const again = await a.up(...dialing(upR));
  await vi.waitFor(async () => expect((await again.api.list()).entities).toHaveProperty('y'), WAIT);
  // r has no log of its own.
  const { device } = upR.ready;
  expect(Object.keys((await a.json(['status'])).frontier).filter((log) => log.startsWith(device))).toEqual(
    [],
  );
});
