import { expect, it } from 'vitest';
import type { JsonObject } from '../../../../protocol/bytes/index.ts';
import type { StateWrite } from '../../../../protocol/engine/index.ts';
import { rowPrefix } from '../../../../protocol/projection/index.ts';
import { reunite } from '../../../support/agreement.ts';
import { brokenIn, disguise, instead, lastOf, meshed } from '../../../support/checked-mesh.ts';
import type { CheckedWorld } from '../../../support/checked-world.ts';
import { update } from '../../../support/drafts.ts';

it('S1: find two states for the same applied events, as soon as the second one is there', async () => {
  const run = await meshed();
  const { replica } = run.world.device(1).engine;
  disguise(run, 1, { replica: instead(replica, { digest: { toHex: () => '0'.repeat(64) } }) });
  run.checks.stepped(1);
  expect(brokenIn(run)).toEqual(['S1']);
  expect(run.violations[0]).toMatchObject({ device: 1, atUs: run.world.nowMs * 1000 });
});

it('S1: find counts that differ, though the digests are equal', async () => {
  const run = await meshed();
  const { replica } = run.world.device(1).engine;
  const counts = { ...replica.counts, closedConflicts: 0 };
  disguise(run, 1, { replica: instead(replica, { counts }) });
  run.checks.stepped(1);
  expect(brokenIn(run)).toEqual(['S1']);
});

/** The first row of a kind that a device keeps, and what it would be if somebody had got it wrong. */
const spoiltRow = ({ world }: CheckedWorld, number: number, kind: 'closed' | 'register'): StateWrite => {
  const [first] = world.device(number).disk.rows.scan(rowPrefix(kind));
  if (first === undefined) throw new Error(`device ${number} keeps no row of this kind`);
  const [key, row] = first;
  return { key, row: { ...(row as JsonObject), [kind === 'closed' ? 'by' : 'last']: ['another', 1] } };
};

it.each(['closed', 'register'] as const)(
  'S1: find a row that differs as soon as it is committed, though digest and counts are equal: %s',
  async (kind) => {
    const run = await meshed();
    const commit = { id: 99, durable: false, logs: [], evidence: [], reset: false };
    const state = [spoiltRow(run, 1, kind)];
    run.checks.effect(1, { type: 'commit', commit: { ...commit, state: [] } });
    run.checks.stepped(1);
    expect(run.violations).toEqual([]);
    run.checks.input(1, { type: 'committed', nowMs: run.world.nowMs, commit: 99 });
    run.checks.effect(1, { type: 'commit', commit: { ...commit, state } });
    run.checks.stepped(1);
    expect(brokenIn(run)).toEqual(['S1']);
    expect(run.violations[0]?.message).toContain('keeps other conflicts');
  },
);

it('S1: find a row that differs on the disk on which a device is opened', async () => {
  const run = await meshed();
  const { world } = run;
  await world.device(1).state.write([spoiltRow(run, 1, 'closed')]);
  world.device(1).disk.sync();
  await world.crash(1);
  await world.write(0, update('note', { more: 1 }));
  await reunite(world);
  expect(brokenIn(run)).toEqual(['S1']);
});

it.each(['digest', 'counts', 'applied'] as const)(
  'S2: find a state that is not what the definitions make of it: %s',
  async (what) => {
    const run = await meshed();
    const { replica } = run.world.device(1).engine;
    const wrong = {
      digest: { toHex: () => '0'.repeat(64) },
      counts: { ...replica.counts, entities: 9 },
      applied: () => new Map([...replica.applied()].slice(1)),
    };
    // One state of all devices is looked at: that of the first.
    for (const device of run.seen) device.isUp = false;
    (run.seen[1] ?? {}).isUp = true;
    disguise(run, 1, { replica: instead(replica, { [what]: wrong[what] }) });
    await run.checks.finished();
    expect(brokenIn(run)).toEqual(['S2']);
    expect(run.violations[0]?.message).toContain(what);
  },
);

it.each(['conflict', 'closed'] as const)('S7: find a list that lacks a conflict: %s', async (kind) => {
  const run = await meshed();
  const { state } = run.world.device(0);
  const scan: typeof state.scan = async function* (prefix) {
    if (!prefix.startsWith(`${kind}\u0000`)) yield* state.scan(prefix);
  };
  (run.seen[0] ?? {}).state = { scan };
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S7']);
});

it('S8: find two memberships by the same control events', async () => {
  const run = await meshed();
  const { world, checks } = run;
  await world.write(0, update('note', { more: 1 }));
  await world.settle();
  const { membership } = world.device(1).engine;
  const fewer = instead(membership, { values: () => [...membership.values()].slice(1) });
  disguise(run, 1, { membership: fewer, replica: instead(world.device(1).engine.replica, {}) });
  checks.stepped(1);
  expect(brokenIn(run)).toEqual(['S8']);
});

it('S8: find a log that is taken in though nobody has added its device', async () => {
  const run = await meshed();
  disguise(run, 1, { membership: instead(run.world.device(1).engine.membership, { accepts: () => false }) });
  const { origin } = lastOf(run, 2);
  run.checks.committing(1, {
    logs: [{ origin, firstSeq: 1, records: [], tail: undefined as never, arrival: 1 }],
  });
  expect(brokenIn(run)).toEqual(['S8']);
});
