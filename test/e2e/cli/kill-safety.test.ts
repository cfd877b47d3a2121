import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { NodeApi } from '../../../node/api/index.ts';
import { type CliDevice, newMachine, type RunningDevice } from '../../support/cli-device.ts';
import { converged, dialing, founder, startPair } from '../../support/cli-pairing.ts';

const drafts = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    type: 'plos.core/EntityCreated',
    entityId: `e${from + i}`,
    payload: { n: from + i },
  }));

/** Appends batches without pause until the device is gone; gives the ids that it has acknowledged. */
const appendUntilKilled = async (
  up: RunningDevice,
  from: number,
  kills: number,
): Promise<readonly string[]> => {
  const acknowledged: string[] = [];
  // Several at the same time, so that commits are grouped and one is under way when the end comes.
  const write = async (writer: number): Promise<void> => {
    for (let batch = 0; ; batch += 1) {
      const { events } = await up.api.append({
        drafts: drafts(from + (batch * 3 + writer) * 10, 1 + (batch % 4)),
      });
      acknowledged.push(...events.map(({ entityId }) => entityId));
      if (acknowledged.length >= kills && up.child.exitCode === null) up.child.kill('SIGKILL');
    }
  };
  const ends = await Promise.allSettled([write(0), write(1), write(2)]);
  await up.closed;
  // The writers end because the connection does, and for no other reason.
  for (const end of ends) {
    expect(end).toMatchObject({
      status: 'rejected',
      reason: { code: expect.stringMatching(/^connection_lost$/) },
    });
  }
  return acknowledged;
};

const heldBy = async (api: Pick<NodeApi, 'list'>): Promise<ReadonlySet<string>> =>
  new Set(Object.keys((await api.list()).entities));

test('a device that is killed while it appends has all that it acknowledged, and its peer gets it', async () => {
  const { a, b, upA, upB } = await startPair(newMachine());
  let up = upA;
  const acknowledged: string[] = [];
  for (const [round, kills] of [1, 7, 40, 90].entries()) {
    acknowledged.push(...(await appendUntilKilled(up, round * 100_000, kills)));
    // Before anybody could help: what the disk of a alone holds.
    expect(await a.json(['verify'])).toMatchObject({ ok: true, findings: [] });
    up = await a.up(...dialing(upB));
    const held = await heldBy(up.api);
    expect(acknowledged.filter((id) => !held.has(id))).toEqual([]);
    await converged(up, upB);
  }
  const held = await heldBy(upB.api);
  expect(acknowledged.filter((id) => !held.has(id))).toEqual([]);
  expect(await b.json(['verify'])).toMatchObject({ ok: true, findings: [] });
});

test('a device that is killed while it receives goes on where it was', async () => {
  const machine = newMachine();
  const { b, upA, upB } = await startPair(machine);
  await upB.end('SIGTERM');
  for (let batch = 0; batch < 6; batch += 1) await upA.api.append({ drafts: drafts(batch * 500, 500) });
  for (const part of [1, 700, 1_800]) {
    const up = await b.up(...dialing(upA));
    let applied = 0;
    const follow = async (): Promise<void> => {
      for await (const _ of up.api.log({ follow: true })) {
        applied += 1;
        if (applied === part) up.child.kill('SIGKILL');
      }
    };
    await expect(follow()).rejects.toThrow();
    await up.closed;
    expect(await b.json(['verify'])).toMatchObject({ ok: true, findings: [] });
  }
  const up = await b.up(...dialing(upA));
  await converged(upA, up);
  expect((await heldBy(up.api)).size).toBe(3_000);
});

/** Starts a command and kills it some time after its start; gives whether it had ended well by then. */
const runAndKill = async (device: CliDevice, args: readonly string[], afterMs: number): Promise<boolean> => {
  const child = device.machine.spawn(['--home', device.home, ...args]);
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const [exit] = await once(child, 'close');
  clearTimeout(timer);
  return exit === 0;
};

test('commands that are killed anywhere leave a home that works, with all that was acknowledged', async () => {
  const device = await founder(newMachine(), 'a');
  const done: string[] = [];
  const began = performance.now();
  await device.json(['create', 'first', '--id', 'first']);
  const commandMs = performance.now() - began;
  for (let i = 0; i < 12; i += 1) {
    const id = `e${i}`;
    const args = i % 4 === 3 ? ['seal'] : ['create', id, '--id', id];
    // Spread over the second half of a command's life, where it opens, writes and closes its stores.
    const ended = await runAndKill(device, args, commandMs * (0.4 + i * 0.06));
    if (ended && args[0] === 'create') done.push(id);
  }
  expect(await device.json(['verify'])).toMatchObject({ ok: true, findings: [] });
  const held = Object.keys((await device.json(['list'])).entities);
  expect(held).toEqual(expect.arrayContaining(['first', ...done]));
  await device.json(['create', 'last', '--id', 'last']);
});

test('an init that is killed anywhere can be repeated', async () => {
  const machine = newMachine();
  for (let i = 0; i < 8; i += 1) {
    const device = machine.device(`d${i}`);
    if (await runAndKill(device, ['init', '--name', 'x'], 60 + i * 25)) continue;
    const { exit, stdout } = await device.run(['--json', 'init', '--name', 'x']);
    // Killed after its last step, it has made the home without having said so.
    if (exit !== 0) expect(JSON.parse(stdout).error.code).toBe('home_exists');
    expect(await device.json(['verify'])).toMatchObject({ ok: true, events: 1 });
  }
});
