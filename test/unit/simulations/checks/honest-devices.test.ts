import { expect, it } from 'vitest';
import { reunite } from '../../../support/agreement.ts';
import { brokenIn, instead, meshed, PAIRS } from '../../../support/checked-mesh.ts';
import { update } from '../../../support/drafts.ts';

it('say nothing of devices that do as they should', async () => {
  const run = await meshed();
  const { checks, world } = run;
  for (const [a, b] of PAIRS) checks.idle(a, b);
  expect(checks.connected([0, 1, 2], 1)).toBe(0);
  await world.crash(2);
  await world.crash(0);
  await reunite(world);
  await checks.finished();
  expect(run.violations).toEqual([]);
});

it('say nothing of a log that forks because its device was set back, if they are told of that and the proof is stored', async () => {
  for (const isTold of [true, false]) {
    const run = await meshed();
    const { checks, world } = run;
    const copy = await world.device(2).copy();
    await world.write(2, update('note', { forked: 'first' }));
    await world.settle();
    if (isTold) checks.excuse(2);
    await world.restore(2, copy);
    await world.settle();
    await world.write(2, update('note', { forked: 'second' }));
    await reunite(world);
    await checks.finished();
    for (const { engine } of world.devices) expect([...engine.forks()]).toHaveLength(1);
    if (isTold) {
      expect(run.violations).toEqual([]);
      const { records } = world.device(0);
      (run.seen[0] ?? {}).records = instead(records, { evidence: async () => [] });
      await checks.finished();
      expect(brokenIn(run)).toEqual(['S10']);
    } else expect(brokenIn(run)).toEqual(expect.arrayContaining(['S4', 'S10']));
  }
});
