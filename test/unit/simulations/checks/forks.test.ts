import { expect, it } from 'vitest';
import { reunite } from '../../../support/agreement.ts';
import { brokenIn, disguise } from '../../../support/checked-mesh.ts';
import { checked } from '../../../support/checked-world.ts';
import { forkedWorld } from '../../../support/forked-world.ts';
import { MeshWorld, seededRandom } from '../../../support/mesh-world.ts';
import { evidenceBetween } from '../../../support/stored-history.ts';

/** A log with two histories, and the proof. */
const forked = async (isKnown: boolean) => {
  const branches = [
    { holder: 1, events: [1, 2] },
    { holder: 2, events: [1, 2, 3] },
  ];
  const { world, forker } = await forkedWorld(2, branches, 1);
  const { origin } = forker;
  const holders = [world.device(1).records, world.device(2).records] as const;
  const evidence = await evidenceBetween(world.space, origin, holders);
  const fresh = checked(await MeshWorld.create(4, seededRandom(1)));
  // The same device founds both worlds, and the same one forks.
  if (isKnown) fresh.checks.forged(origin, 1, []);
  return { run: fresh, origin, evidence };
};

it('S10: find that an honest device is accused, or that a proof shows something else', async () => {
  const honest = await forked(false);
  const fork = { origin: honest.origin, seq: 3, evidence: honest.evidence };
  honest.run.checks.effect(0, { type: 'equivocation', ...fork });
  expect(brokenIn(honest.run)).toEqual(['S10']);

  const { run } = await forked(true);
  run.checks.effect(0, { type: 'equivocation', ...fork });
  expect(run.violations).toEqual([]);
  run.checks.effect(0, { type: 'equivocation', ...fork, seq: 4 });
  expect(brokenIn(run)).toEqual(['S10']);
});

it('S10: find devices that have told the same and know other forks', async () => {
  const { run, origin, evidence } = await forked(true);
  await reunite(run.world);
  disguise(run, 2, { forks: () => [{ origin, seq: 3, evidence }] });
  (run.seen[0] ?? {}).isUp = true;
  await run.checks.finished();
  expect(brokenIn(run)).toEqual(['S10']);
});
