import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../protocol/event/index.ts';
import { expectAgreement, frontierOf, reunite } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';

const SEEDS = [1, 2, 3, 4];

const limitOf = ({ engine }: WorldDevice, origin: Origin) => engine.membership.limit(origin);

const retiredOf = ({ engine }: WorldDevice) => [...engine.retired];

/** Three devices that hold the same: the founder and two admins. */
const admins = async (seed: number, count = 3): Promise<MeshWorld> => {
  const world = await MeshWorld.create(count, seededRandom(seed), { role: 'admin' });
  for (let i = 1; i < count; i += 1) world.connect(0, i);
  await world.settle();
  return world;
};

const separate = (world: MeshWorld): void => {
  for (const a of world.devices.keys())
    for (const b of world.devices.keys()) if (b < a && world.isConnected(a, b)) world.disconnect(a, b);
};

describe('what a revoked device has written beyond the cut', () => {
  it.each(SEEDS)('is held and exchanged, and has no effect (seed %i)', async (seed) => {
    const world = await admins(seed);
    const revoked = world.device(2);
    await world.write(2, update('kept', { x: 1 }));
    await world.settle();
    separate(world);
    await world.write(2, update('lost', { x: 2 }), update('kept', { x: 3 }));
    await world.revoke(0, 2, { [revoked.origin]: 1 });
    await reunite(world);

    await expectAgreement(world);
    for (const device of world.devices) {
      expect(frontierOf(device).find(({ origin }) => origin === revoked.origin)?.seq).toBe(3);
      expect(limitOf(device, revoked.origin)).toEqual({ type: 'limited', seq: 1 });
      expect(device.engine.replica.counts).toMatchObject({ excluded: 2, openConflicts: 0 });
    }
  });

  it('takes a conflict away that it had made', async () => {
    const world = await admins(1);
    separate(world);
    await world.write(1, update('e', { x: 1 }));
    await world.write(2, update('e', { x: 2 }));
    await reunite(world);
    expect(world.devices.map(({ engine }) => engine.replica.counts.openConflicts)).toEqual([1, 1, 1]);
    await world.revoke(0, 2, { [world.device(2).origin]: 0 });
    await reunite(world);
    expect(world.devices.map(({ engine }) => engine.replica.counts.openConflicts)).toEqual([0, 0, 0]);
    await expectAgreement(world);
  });

  it.each(SEEDS)(
    'is one state whether it comes before the revocation or after it (seed %i)',
    async (seed) => {
      const world = await admins(seed, 4);
      const revoked = world.device(3);
      separate(world);
      await world.write(3, ...[1, 2, 3, 4].map((x) => update(`e${x}`, { x })));
      await world.revoke(0, 3, { [revoked.origin]: 2 });
      // Device 1 meets the events first, device 2 the revocation.
      world.connect(1, 3);
      world.connect(2, 0);
      await world.settle();
      expect(world.device(1).engine.replica.counts.excluded).toBe(0);
      expect(world.device(2).engine.replica.counts.excluded).toBe(0);
      expect(world.device(1).engine.membership.has(revoked.id)).toBe(true);
      expect(world.device(2).engine.membership.has(revoked.id)).toBe(false);
      await reunite(world);
      await expectAgreement(world);
      expect(world.device(1).engine.replica.counts.excluded).toBe(2);
    },
  );

  it('counts for nobody who has seen it, and what they write themselves counts', async () => {
    const world = await admins(2);
    const revoked = world.device(2);
    await world.write(2, update('e', { x: 'excluded' }));
    await world.settle();
    await world.write(1, update('e', { x: 'after' }));
    await world.settle();
    separate(world);
    await world.revoke(0, 2, { [revoked.origin]: 0 });
    await reunite(world);
    await expectAgreement(world);
    // The write of device 1 has superseded one that never counted: there is no conflict, open or closed.
    expect(world.device(1).engine.replica.counts).toMatchObject({
      excluded: 1,
      openConflicts: 0,
      closedConflicts: 0,
    });
  });

  it('is not written any more: the device is told who has removed it', async () => {
    const world = await admins(3);
    await world.revoke(0, 2);
    await reunite(world);
    await expect(world.write(2, update('e', { x: 1 }))).rejects.toMatchObject({
      code: 'revoked',
      message: expect.stringContaining(world.device(0).id),
    });
    // There is nothing to go on with, under whatever log.
    expect(retiredOf(world.device(2))).toEqual([]);
  });
});

describe('two revocations', () => {
  it.each(SEEDS)(
    'of each other that do not know of each other: the senior one counts (seed %i)',
    async (seed) => {
      const world = await admins(seed, 4);
      const [senior, junior] = [world.device(0), world.device(1)];
      separate(world);
      await world.revoke(1, 0, { [senior.origin]: 4 });
      await world.write(1, update('e', { by: 'junior' }));
      await world.revoke(0, 1, { [junior.origin]: 0 });
      await world.write(0, update('e', { by: 'senior' }));
      // Device 2 hears one side first, device 3 the other.
      world.connect(2, 0);
      world.connect(3, 1);
      await world.settle();
      expect(world.device(2).engine.membership.has(junior.id)).toBe(false);
      expect(world.device(3).engine.membership.has(senior.id)).toBe(false);
      await reunite(world);
      await expectAgreement(world);
      for (const { engine } of world.devices) {
        expect([engine.membership.has(senior.id), engine.membership.has(junior.id)]).toEqual([true, false]);
      }
    },
  );

  it('of one device by two others leave what both leave', async () => {
    const world = await admins(1, 4);
    const { origin } = world.device(3);
    await world.write(3, ...[1, 2, 3, 4].map((x) => update(`e${x}`, { x })));
    await world.settle();
    separate(world);
    await world.revoke(1, 3, { [origin]: 3 });
    await world.revoke(2, 3, { [origin]: 2 });
    await reunite(world);
    await expectAgreement(world);
    expect(limitOf(world.device(0), origin)).toEqual({ type: 'limited', seq: 2 });
  });
});

describe('a founder that is revoked', () => {
  it.each(SEEDS)('keeps what it had written before, the space included (seed %i)', async (seed) => {
    const world = await admins(seed);
    const founder = world.device(0);
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    separate(world);
    await world.write(0, update('e', { x: 2 }));
    await world.revoke(1, 0);
    await reunite(world);
    await expectAgreement(world);
    for (const { engine } of world.devices) {
      expect([...engine.membership.former.keys()]).toEqual([founder.id]);
      expect(engine.replica.counts.excluded).toBe(1);
    }
    await expect(world.write(0, update('e', { x: 3 }))).rejects.toMatchObject({ code: 'revoked' });
    await world.write(1, update('e', { x: 4 }));
  });
});

describe('a member that may not write', () => {
  it.each(['reader', 'replica'] as const)('cannot append: a %s', async (role) => {
    const world = await MeshWorld.create(2, seededRandom(1), { role });
    world.connect(0, 1);
    await world.settle();
    await expect(world.write(1, update('e', { x: 1 }))).rejects.toMatchObject({ code: 'not_writer' });
    expect([...world.device(1).engine.frontier()].map(({ origin }) => origin)).toEqual([
      world.device(0).origin,
    ]);
  });

  it.each(SEEDS)(
    'has written before it knew that: the events are held and excluded (seed %i)',
    async (seed) => {
      const world = await admins(seed);
      const demoted = world.device(1);
      await world.write(1, update('e', { x: 1 }));
      await world.settle();
      separate(world);
      await world.write(1, update('e', { x: 2 }));
      await world.changeRole(0, 1, 'reader', { [demoted.origin]: 1 });
      await reunite(world);
      await expectAgreement(world);
      expect(world.device(2).engine.replica.counts.excluded).toBe(1);
      await expect(world.write(1, update('e', { x: 3 }))).rejects.toMatchObject({ code: 'not_writer' });
    },
  );

  it.each(SEEDS)(
    'and becomes a writer again goes on in a new log, and only there (seed %i)',
    async (seed) => {
      const world = await admins(seed);
      const device = world.device(1);
      const before = device.origin;
      await world.write(1, update('e', { x: 1 }));
      await world.settle();
      separate(world);
      await world.write(1, update('e', { x: 2 }));
      await world.changeRole(0, 1, 'reader', { [before]: 1 });
      await reunite(world);
      expect(retiredOf(device)).toEqual([]);
      await world.changeRole(0, 1, 'writer');
      await reunite(world);
      expect(retiredOf(device)).toEqual([[before, 'excluded']]);
      expect(device.answers).toContainEqual({ type: 'log-retired', origin: before, reason: 'excluded' });
      await expect(world.write(1, update('e', { x: 3 }))).rejects.toMatchObject({ code: 'log_retired' });
      world.goOn(1);
      await world.write(1, update('e', { x: 4 }));
      await reunite(world);
      await expectAgreement(world);
      expect(limitOf(world.device(0), device.origin)).toEqual({ type: 'unlimited' });
      expect(world.device(0).engine.replica.counts.excluded).toBe(1);
    },
  );

  it('that wrote nothing while it was none goes on in the log that it has, if no cut names it', async () => {
    const world = await MeshWorld.create(2, seededRandom(1), { role: 'reader' });
    const device = world.device(1);
    world.connect(0, 1);
    await world.settle();
    await world.changeRole(0, 1, 'writer');
    await world.settle();
    await world.write(1, update('e', { x: 1 }));
    await world.settle();
    expect(retiredOf(device)).toEqual([]);
    await expectAgreement(world);
    expect(world.device(0).engine.replica.counts).toMatchObject({ excluded: 0, entities: 1 });
  });
});
