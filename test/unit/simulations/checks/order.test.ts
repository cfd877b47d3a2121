import { expect, it } from 'vitest';
import { reunite } from '../../../support/agreement.ts';
import { brokenIn, lastOf, meshed } from '../../../support/checked-mesh.ts';
import { update } from '../../../support/drafts.ts';

it('S5: find an event that is applied before what it has seen', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.disconnect(0, 2);
  world.disconnect(1, 2);
  await world.write(0, update('note', { late: 1 }));
  await world.settle();
  const [event] = await world.write(1, update('note', { later: 1 }));
  if (event === undefined) throw new Error('nothing was written');
  expect(event.seen).toHaveProperty([lastOf(run, 0).origin]);
  const record = world.device(1).records.record(event.origin, event.seq);
  if (record === undefined) throw new Error('nothing was stored');
  const { origin, seq: firstSeq } = event;
  checks.committing(2, {
    logs: [{ origin, firstSeq, records: [record], tail: undefined as never, arrival: 1 }],
  });
  checks.applied(2, event);
  expect(brokenIn(run)).toEqual(['S5']);
  expect(run.violations).toHaveLength(1);
});

it('S5: find an event that is applied before the one before it', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.disconnect(0, 2);
  world.disconnect(1, 2);
  await world.write(1, update('note', { first: 1 }), update('note', { second: 1 }));
  const event = lastOf(run, 1);
  const { origin, seq } = event;
  const records = await world.device(1).records.records(origin, seq - 1, 2);
  checks.committing(2, {
    logs: [{ origin, firstSeq: seq - 1, records, tail: undefined as never, arrival: 1 }],
  });
  checks.applied(2, event);
  expect(brokenIn(run)).toEqual(['S5']);
});

it('S5: find an event that is told as applied once more', async () => {
  const run = await meshed();
  run.checks.applied(1, lastOf(run, 2));
  expect(brokenIn(run)).toEqual(['S5']);
});

it('S12: find an event that stands before what its writer has seen, unless nobody could believe that', async () => {
  const dayMs = 24 * 60 * 60 * 1000;
  for (const { aheadMs, isFound } of [
    { aheadMs: dayMs - 1, isFound: true },
    { aheadMs: 2 * dayMs, isFound: false },
  ]) {
    const run = await meshed();
    const { world } = run;
    const ahead = { origin: world.device(1).origin, draft: update('note', { ahead: 1 }) };
    await world.append(1, [{ ...ahead, timestamp: world.nowMs + aheadMs }]);
    await reunite(world);
    await world.write(2, update('note', { after: 1 }));
    expect(run.violations).toEqual([]);
    // The same once more, as a device would write it that looks at its own clock alone.
    await world.append(2, [
      { origin: world.device(2).origin, draft: update('note', { after: 2 }), timestamp: world.nowMs },
    ]);
    expect(brokenIn(run)).toEqual(isFound ? ['S12'] : []);
  }
});
