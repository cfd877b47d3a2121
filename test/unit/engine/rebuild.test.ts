import { describe, expect, it } from 'vitest';
import { expectAgreement, reunite } from '../../support/agreement.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { toldOf } from '../../support/world-answers.ts';
import { write } from '../../support/world-steps.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

/** Device 2 has written four events that all hold; device 0 and 1 are admins. Nobody is connected any more. */
const space = async (seed: number): Promise<MeshWorld> => {
  const world = await MeshWorld.create(3, seededRandom(seed), { role: 'admin' });
  for (const number of [1, 2]) world.connect(0, number);
  await world.settle();
  await write(world, 2, 1, 2, 3, 4);
  await world.settle();
  await write(world, 1, 'mine');
  await world.settle();
  for (const number of [1, 2]) world.disconnect(0, number);
  return world;
};

/** Device 0 revokes device 2 from its third event on; its state is then made anew. */
const beginRebuild = async (world: MeshWorld): Promise<void> => {
  world.isHeld = ({ device, type }) => device === world.device(0) && type === 'read-records';
  await world.revoke(0, 2, { [world.device(2).origin]: 2 });
  await world.settle();
};

describe('while the state is made anew', () => {
  it('nothing can be appended, and what was known before is told', async () => {
    const world = await space(1);
    await beginRebuild(world);
    const { engine } = world.device(0);
    // What is stored at this moment: not the revocation, which has only just been appended.
    const total = 3 + 4 + 1;
    expect(engine.rebuilding?.total).toBe(total);
    expect(engine.rebuilding?.done).toBeLessThan(total);
    await expect(write(world, 0, 'no')).rejects.toMatchObject({ code: 'rebuilding' });
    // Who is a member is asked by the transport all the time, and does not wait.
    expect(engine.membership.has(world.device(1).id)).toBe(true);
    expect(engine.membership.has(world.device(2).id)).toBe(false);
    expect(toldOf(world.device(0), 'rebuilt')).toHaveLength(0);

    world.isHeld = () => false;
    await world.settle();
    expect(engine.rebuilding).toBeUndefined();
    expect(toldOf(world.device(0), 'rebuilt')).toHaveLength(1);
    expect(engine.replica.counts.excluded).toBe(2);
    await write(world, 0, 'yes');
  });

  it('peers are served, and what they send is taken', async () => {
    const world = await space(2);
    await beginRebuild(world);
    await write(world, 1, 'while');
    world.connect(0, 1);
    await world.settle();
    expect(world.device(0).engine.rebuilding).toBeDefined();
    expect(world.device(1).engine.membership.has(world.device(2).id)).toBe(false);
    expect(world.device(1).engine.replica.counts.excluded).toBe(2);
    expect([...world.device(0).engine.frontier()]).toEqual([...world.device(1).engine.frontier()]);
    world.isHeld = () => false;
    await world.settle();
    await expectAgreement(world, [world.device(0), world.device(1)]);
  });

  it.each(SEEDS)('a crash costs nothing but time: it begins anew (seed %i)', async (seed) => {
    const world = await space(seed);
    const random = seededRandom(seed);
    await world.revoke(0, 2, { [world.device(2).origin]: 2 });
    for (let i = 0; i < 4; i += 1) {
      await world.settle(Math.floor(random() * 6));
      await world.crash(0);
    }
    await world.settle();
    await expectAgreement(world, [world.device(0)]);
    expect(world.device(0).engine.replica.counts.excluded).toBe(2);
    await reunite(world);
    await expectAgreement(world);
  });

  it.each(SEEDS)('another verdict may change: it ends with both (seed %i)', async (seed) => {
    const world = await space(seed);
    const random = seededRandom(seed);
    const { origin } = world.device(2);
    await world.revoke(1, 2, { [origin]: 1 });
    await world.revoke(0, 2, { [origin]: 3 });
    await world.settle(Math.floor(random() * 4));
    world.connect(0, 1);
    await world.settle();
    await expectAgreement(world, [world.device(0), world.device(1)]);
    expect(world.device(0).engine.membership.limit(origin)).toEqual({ type: 'limited', seq: 1 });
    expect(world.device(0).engine.rebuilding).toBeUndefined();
  });
});

describe('a rebuild', () => {
  it.each(SEEDS)('tells of no event for a second time, and of each for a first (seed %i)', async (seed) => {
    const world = await space(seed);
    const device = world.device(1);
    await world.revoke(0, 2, { [world.device(2).origin]: 2 });
    await write(world, 2, 'excluded from the start');
    world.connect(0, 2);
    world.connect(0, 1);
    await world.settle();
    await write(world, 0, 'after');
    await world.settle();
    const told = device.applied.map(({ id }) => id);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(device.engine.replica.appliedCount);
    expect(toldOf(device, 'rebuilt').length).toBeGreaterThan(0);
  });

  it('is made neither by a revocation that changes nothing, nor by one that only changes what is to come', async () => {
    const world = await space(1);
    await world.revoke(0, 2, { [world.device(2).origin]: 4 });
    await world.settle();
    expect(world.device(0).engine.rebuilding).toBeUndefined();
    expect(toldOf(world.device(0), 'rebuilt')).toHaveLength(0);
    expect(world.device(0).commits.filter(({ reset }) => reset)).toEqual([]);
  });

  it('clears the rows in the commit that begins it, and marks them until the one that ends it', async () => {
    const world = await space(1);
    const { commits, state } = world.device(0);
    const before = commits.length;
    await beginRebuild(world);
    expect(commits.slice(before).filter(({ reset }) => reset)).toHaveLength(1);
    expect(state.get('meta')).toMatchObject({ rebuilding: true });
    world.isHeld = () => false;
    await world.settle();
    expect(state.get('meta')).not.toHaveProperty('rebuilding');
  });
});
