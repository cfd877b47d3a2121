import { expect, it } from 'vitest';
import { brokenIn, disguise, meshed } from '../../../support/checked-mesh.ts';
import { update } from '../../../support/drafts.ts';
import { withoutRecords } from '../../../support/without-records.ts';

it('S9: find two devices that say that they are in sync and are not', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.isHeld = ({ device }) => device === world.device(1);
  // They were equal once, and found to be.
  checks.idle(0, 1);
  await world.write(0, update('note', { more: 1 }));
  for (let i = 0; i < 50; i += 1) await world.settle(1);
  checks.idle(0, 1);
  expect(run.violations).toEqual([]);
  for (const [number, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const peer = { device: world.device(other).id, lag: 0, behind: 0, holds: new Map(), disputed: new Map() };
    disguise(run, number, { peers: () => [peer] });
  }
  checks.idle(0, 1);
  expect(brokenIn(run)).toEqual(['S9']);
});

it('L2: find payload that moves though all are equal', async () => {
  const run = await meshed();
  run.checks.payload(1, 100);
  run.checks.quiet('begin');
  run.checks.payload(1, 0);
  expect(run.violations).toEqual([]);
  run.checks.payload(1, 1);
  expect(brokenIn(run)).toEqual(['L2']);
  run.checks.quiet('end');
  run.checks.payload(1, 1);
  expect(run.violations).toHaveLength(1);
});

it('L3: find that devices which reach each other stand still', async () => {
  const run = await meshed();
  const { world, checks } = run;
  const all = [0, 1, 2];
  world.passing = withoutRecords;
  await world.write(0, update('note', { more: 1 }));
  await world.settle();
  expect(checks.connected(all, 1_000_000)).toBe(2);
  world.nowMs += 1000;
  expect(checks.connected(all, 1_000_000)).toBe(2);
  expect(run.violations).toEqual([]);
  world.nowMs += 1;
  checks.connected(all, 1_000_000);
  expect(brokenIn(run)).toEqual(['L3']);
});

it('L3: do not ask of parted devices that they get on', async () => {
  const run = await meshed();
  const { world, checks } = run;
  world.passing = withoutRecords;
  await world.write(0, update('note', { more: 1 }));
  await world.settle();
  for (let i = 0; i < 3; i += 1) {
    checks.connected([0, 1, 2], 1_000_000);
    checks.parted();
    world.nowMs += 10_000;
  }
  expect(run.violations).toEqual([]);
});
