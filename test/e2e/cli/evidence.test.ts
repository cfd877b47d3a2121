import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type CliDevice, newMachine, type RunningDevice } from '../../support/cli-device.ts';
import { admit, dialing, founder, WAIT } from '../../support/cli-pairing.ts';

/** Waits until a device shows an entity. */
const has = (running: RunningDevice, entity: string): Promise<unknown> =>
  vi.waitFor(() => running.api.show({ entity }), WAIT);

/** Lets a device take in what another one holds, without anybody else being up. */
const handOver = async (from: CliDevice, to: CliDevice, entity: string): Promise<void> => {
  const source = await from.up();
  const target = await to.up(...dialing(source));
  await has(target, entity);
  await source.end('SIGTERM');
  await target.end('SIGTERM');
};

test('two histories of one log meet on devices that hold one each: both prove the fork, and agree', {
  timeout: 240_000,
}, async () => {
  const machine = newMachine();
  const b = await founder(machine, 'b');
  const founding = await b.up();
  const c = await admit(founding, 'c', machine);
  const x = await admit(founding, 'x', machine);
  // Those who joined first have not heard of the others yet.
  const joined = await Promise.all([c, x].map((device) => device.up(...dialing(founding))));
  const all = [founding, ...joined];
  await vi.waitFor(async () => {
    const frontiers = await Promise.all(all.map(async ({ api }) => (await api.status()).frontier));
    for (const frontier of frontiers) expect(frontier).toEqual(frontiers[0]);
  }, WAIT);
  for (const running of all) await running.end('SIGTERM');

  // The home is copied to another machine, and both write.
  await x.json(['create', 'common', '--id', 'common']);
  const copy = newMachine().device('x');
  await cp(x.home, copy.home, { recursive: true });
  await x.json(['create', 'here', '--id', 'here']);
  await handOver(x, b, 'here');
  await copy.json(['create', 'there', '--id', 'there']);
  await handOver(copy, c, 'there');

  const [upB, upC] = await (async () => {
    const first = await b.up();
    return [first, await c.up(...dialing(first))] as const;
  })();
  await vi.waitFor(async () => {
    const [ofB, ofC] = [await upB.api.evidence(), await upC.api.evidence()];
    expect(ofB.evidence).toHaveLength(1);
    expect(ofC).toEqual(ofB);
    const [stateB, stateC] = [await upB.api.status(), await upC.api.status()];
    expect([stateB.digest, stateB.frontier]).toEqual([stateC.digest, stateC.frontier]);
  }, WAIT);

  const { evidence } = await b.json(['evidence', 'list']);
  expect(evidence).toMatchObject([{ name: 'x', forkSeq: 2, self: false }]);
  expect(Object.keys((await c.json(['list'])).entities)).toEqual(['common']);
  expect(await c.json(['verify'])).toMatchObject({ ok: true });

  // The proof speaks for itself, on a machine that knows nothing of the space.
  const file = join(machine.dir, 'fork.json');
  await c.json(['evidence', 'export', 'x', '--out', file]);
  const stranger = newMachine().device('stranger');
  expect(await stranger.json(['evidence', 'verify', file])).toMatchObject({
    ok: true,
    claim: { origin: evidence[0].origin, device: evidence[0].device, forkSeq: 2 },
  });
  expect(await stranger.text('evidence', 'verify', file)).toContain(
    `Proved: device ${evidence[0].device} has signed two histories`,
  );
  // A device that reaches nobody takes it in from the file, and goes on in another log.
  const imported = { claim: { origin: evidence[0].origin, forkSeq: 2 }, news: true };
  expect(await x.json(['evidence', 'import', file])).toMatchObject(imported);
  expect(await x.json(['evidence', 'import', file])).toMatchObject({ ...imported, news: false });
  const { origin, forkedLogs } = await x.json(['status']);
  expect(forkedLogs).toEqual([{ origin: evidence[0].origin, seq: 2 }]);
  expect(origin).not.toBe(evidence[0].origin);
  await stranger.json(['init', '--name', 'stranger']);
  expect(await stranger.fails(['evidence', 'import', file])).toMatchObject({ code: 'wrong_space' });
  await writeFile(file, (await readFile(file, 'utf8')).replace('"sealed":false', '"sealed":true'));
  expect(await stranger.run(['evidence', 'verify', file])).toMatchObject({ exit: 1, stderr: '' });
  expect((await b.fails(['evidence', 'import', file])).code).toMatch(/^(bad_signature|bad_evidence)$/);

  // A restart forgets nothing.
  for (const running of [upB, upC]) await running.end('SIGTERM');
  expect((await b.json(['evidence', 'list'])).evidence).toEqual(evidence);
});
