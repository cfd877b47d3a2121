import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../protocol/event/index.ts';
import { encodeGossip } from '../../../protocol/sync/index.ts';
import { expectAgreement, frontierOf, reunite } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { forkedWorld } from '../../support/forked-world.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { forksOf } from '../../support/replica-view.ts';
import { evidenceBetween } from '../../support/stored-history.ts';
import { toldOf } from '../../support/world-answers.ts';
import { type DiskCopy, recordsOf } from '../../support/world-device.ts';
import { give } from '../../support/world-steps.ts';

const SEEDS = [1, 2, 3, 4];

/** A device whose log is forked: it wrote on, was restored from a copy, and wrote something else. */
interface Forked {
  readonly world: MeshWorld;
  readonly origin: Origin;
  /** Bytes that prove the fork. */
  readonly evidence: Uint8Array;
}

const writeMany = async (world: MeshWorld, number: number, count: number, by: string): Promise<void> => {
  await world.write(number, ...Array.from({ length: count }, (_, i) => update('e', { x: `${by} ${i}` })));
};

const bringBack = async (world: MeshWorld, number: number, copy: DiskCopy): Promise<void> => {
  await world.restore(number, copy);
  await world.settle();
};

const evidenceOf = (world: MeshWorld, origin: Origin, ...holders: readonly number[]): Promise<Uint8Array> => {
  const [first = 0, second = 0] = holders;
  return evidenceBetween(world.space, origin, [world.device(first).records, world.device(second).records]);
};

/**
 * The last device has written two events, then one history that device 1 holds and another one that device 2 holds.
 * All are apart, and nobody knows. Device 0 holds what both have in common.
 */
const forkedApart = async (seed: number): Promise<Forked> => {
  const branches = [
    { holder: 1, events: [1, 2] },
    { holder: 2, events: [1, 2, 3] },
  ];
  const { world, forker } = await forkedWorld(2, branches, seed);
  return { world, origin: forker.origin, evidence: await evidenceOf(world, forker.origin, 1, 2) };
};

const proofsOf = (device: WorldDevice) => toldOf(device, 'equivocation').map(({ seq }) => seq);

const lengthOf = async ({ records }: WorldDevice, origin: Origin): Promise<number> =>
  (await records.records(origin, 1, 100)).length;

describe('a log with two histories', () => {
  it.each(SEEDS)(
    'ends before its fork, on all devices alike, whichever they hold (seed %i)',
    async (seed) => {
      const { world, origin, evidence } = await forkedApart(seed);
      for (const number of world.devices.keys()) give(world, number, evidence);
      await world.settle();
      await reunite(world);
      await expectAgreement(world);
      for (const device of world.devices) {
        expect(forksOf(device.engine)).toEqual({ [origin]: 3 });
        expect(device.engine.replica.causality.applied(origin)).toBe(2);
        expect(proofsOf(device)).toEqual([3]);
      }
    },
  );

  it('is kept as each device holds it: what is beyond the fork can prove it again', async () => {
    const { world, origin, evidence } = await forkedApart(1);
    give(world, 0, evidence);
    await world.settle();
    await reunite(world);
    const lengths = await Promise.all(world.devices.map((device) => lengthOf(device, origin)));
    expect(lengths).toEqual([2, 4, 5, 5]);
    expect(await evidenceOf(world, origin, 1, 2)).toEqual(evidence);
  });

  it('has one frontier entry from then on, which no history can be told from', async () => {
    const { world, origin, evidence } = await forkedApart(1);
    give(world, 0, evidence);
    await reunite(world);
    for (const device of world.devices) {
      expect(frontierOf(device).find((entry) => entry.origin === origin)).toEqual({
        origin,
        segment: 0,
        events: 0,
        seq: 2,
        sealed: false,
        frozen: true,
        commitment: new Uint8Array(32),
      });
    }
  });

  it.each(SEEDS)('is told in a session, also to who has been away (seed %i)', async (seed) => {
    const { world, evidence } = await forkedApart(seed);
    give(world, 1, evidence);
    await world.settle();
    world.connect(1, 0);
    await world.settle();
    world.disconnect(1, 0);
    // From the second to the next, by what it has on its disk alone.
    await world.crash(0);
    await world.settle();
    world.connect(0, 2);
    await world.settle();
    expect(forksOf(world.device(2).engine)).toEqual(forksOf(world.device(1).engine));
    await reunite(world);
    await expectAgreement(world);
  });

  it.each(SEEDS)('is told between devices that remember each other (seed %i)', async (seed) => {
    const { world, evidence } = await forkedApart(seed);
    world.connect(0, 1);
    await world.settle();
    world.disconnect(0, 1);
    give(world, 0, evidence);
    await world.settle();
    // Nothing has arrived since, so that nothing is new by the cursors of either.
    world.connect(0, 1);
    await world.settle();
    expect(forksOf(world.device(1).engine)).toEqual(forksOf(world.device(0).engine));
  });

  it.each(SEEDS)('is told by gossip (seed %i)', async (seed) => {
    const { world, evidence } = await forkedApart(seed);
    world.passing = (frame) => (['evidence', 'ask', 'answer'].includes(frame.type) ? undefined : frame);
    world.gossiping = (message) => message;
    for (const number of [1, 2, 3]) world.connect(0, number);
    await world.settle();
    world.gossip(world.device(1), encodeGossip({ manifests: [], evidence: [evidence] }));
    await world.settle();
    world.passing = (frame) => frame;
    await reunite(world);
    await expectAgreement(world);
    for (const device of world.devices) {
      if (device === world.device(1)) continue;
      expect(device.verdicts.map(({ verdict }) => verdict)).toContain('accept');
    }
  });

  it('is not told twice, and what proves nothing is refused', async () => {
    const { world, evidence } = await forkedApart(1);
    give(world, 0, evidence);
    await world.settle();
    give(world, 0, evidence);
    await world.settle();
    expect(proofsOf(world.device(0))).toEqual([3]);
    expect(() => give(world, 0, evidence.with(evidence.length - 9, 0x41))).toThrow();
    expect(() => give(world, 0, new Uint8Array())).toThrow();
  });

  /**
   * Device 0 knows nothing of the log. Device 1 holds a history of it, which has been seen to begin with a sealed
   * segment of so many events, and the device that wrote it, the last one, has another one by now.
   */
  const unseen = async (seed: number, common: number, more: number): Promise<Forked> => {
    const world = await MeshWorld.create(3, seededRandom(seed));
    const { origin } = world.device(2);
    for (const number of [1, 2]) world.connect(0, number);
    await world.settle();
    for (const number of [1, 2]) world.disconnect(0, number);
    if (common > 0) {
      await writeMany(world, 2, common, 'both');
      world.step(world.device(2), { type: 'seal', request: 1 });
      await world.settle();
    }
    const copy = world.device(2).copy();
    await writeMany(world, 2, more, 'first');
    world.connect(1, 2);
    await world.settle();
    await bringBack(world, 2, copy);
    await writeMany(world, 2, 1, 'second');
    return { world, origin, evidence: await evidenceOf(world, origin, 1, 2) };
  };

  it.each(SEEDS)('is completed up to the fork by who has less of it (seed %i)', async (seed) => {
    const { world, origin, evidence } = await unseen(seed, 2, 1);
    give(world, 0, evidence);
    await reunite(world);
    await expectAgreement(world);
    expect(forksOf(world.device(0).engine)).toEqual({ [origin]: 3 });
    expect(world.device(0).engine.replica.causality.applied(origin)).toBe(2);
  });

  it.each(SEEDS)('may have nothing in common: then nothing of it counts (seed %i)', async (seed) => {
    const { world, origin, evidence } = await unseen(seed, 0, 2);
    give(world, 0, evidence);
    await reunite(world);
    await expectAgreement(world);
    for (const device of world.devices) {
      expect(forksOf(device.engine)).toEqual({ [origin]: 1 });
      expect(frontierOf(device)).toContainEqual(expect.objectContaining({ origin, seq: 0, frozen: true }));
    }
    expect(await lengthOf(world.device(0), origin)).toBe(0);
  });

  it.each(['while the other device looks on', 'out of its sight'])(
    'may be one that is sealed, and goes on in the other history: the cut is part of it (%s)',
    async (how) => {
      const world = await MeshWorld.create(2, seededRandom(1));
      const { origin } = world.device(1);
      world.connect(0, 1);
      await world.settle();
      await writeMany(world, 1, 2, 'both');
      await world.settle();
      const isHidden = how === 'out of its sight';
      if (isHidden) world.disconnect(0, 1);
      const copy = world.device(1).copy();
      world.step(world.device(1), { type: 'seal', request: 1 });
      await world.settle();
      const sealed = recordsOf(world.device(1).copy());
      await bringBack(world, 1, copy);
      await writeMany(world, 1, 1, 'more');
      if (isHidden) {
        give(world, 0, await evidenceBetween(world.space, origin, [sealed, world.device(1).records]));
      }
      await reunite(world);
      await expectAgreement(world);
      for (const device of world.devices) expect(forksOf(device.engine)).toEqual({ [origin]: 3 });
    },
  );
});

describe('a fork', () => {
  /** Device 2 holds a history that parts from the other two before they part from each other. */
  const threeHistories = async (seed: number) => {
    const branches = [
      { holder: 0, events: [1, 2] },
      { holder: 1, events: [1, 2] },
      { holder: 2, events: [1, 2], common: 1 },
    ];
    const { world, forker } = await forkedWorld(3, branches, seed);
    const { origin } = forker;
    const [later, earlier] = [await evidenceOf(world, origin, 0, 1), await evidenceOf(world, origin, 0, 2)];
    return { world, origin, later, earlier };
  };

  it.each(SEEDS)('that is earlier takes the place of the one that was known (seed %i)', async (seed) => {
    const { world, origin, later, earlier } = await threeHistories(seed);
    give(world, 0, later);
    give(world, 1, later);
    await world.settle();
    expect(forksOf(world.device(0).engine)).toEqual({ [origin]: 4 });
    give(world, 0, earlier);
    await reunite(world);
    await expectAgreement(world);
    for (const device of world.devices) expect(forksOf(device.engine)).toEqual({ [origin]: 2 });
    expect(proofsOf(world.device(0))).toEqual([4, 2]);
  });

  it('that is later is no news', async () => {
    const { world, origin, later, earlier } = await threeHistories(1);
    give(world, 0, earlier);
    await world.settle();
    give(world, 0, later);
    await world.settle();
    expect(forksOf(world.device(0).engine)).toEqual({ [origin]: 2 });
    expect(proofsOf(world.device(0))).toEqual([2]);
  });

  it.each(SEEDS)('takes nothing from who had seen beyond it: the rest counts (seed %i)', async (seed) => {
    const { world, origin, evidence } = await forkedApart(seed);
    // Each has seen another history up to its end, and writes what rests on it.
    await world.write(1, update('e', { x: 'after the first' }));
    await world.write(2, update('e', { x: 'after the second' }));
    give(world, 1, evidence);
    give(world, 2, evidence);
    await reunite(world);
    await expectAgreement(world);
    for (const { engine } of world.devices) {
      expect([...engine.waiting()]).toEqual([]);
      expect(engine.replica.counts).toMatchObject({ openConflicts: 1, excluded: 0 });
      for (const number of [1, 2]) {
        const place = { origin: world.device(number).origin, seq: 1 };
        expect(engine.replica.causality.seenSeq(place, origin)).toBe(2);
      }
    }
  });

  it('is still known after a restart, and after the state is lost', async () => {
    const { world, origin, evidence } = await forkedApart(1);
    give(world, 1, evidence);
    await world.settle();
    const digest = world.device(1).engine.replica.digest.toHex();
    for (const restart of [() => world.crash(1), () => world.forget(1)]) {
      await restart();
      await world.settle();
      expect(forksOf(world.device(1).engine)).toEqual({ [origin]: 3 });
      expect(world.device(1).engine.replica.digest.toHex()).toBe(digest);
    }
  });

  it.each(SEEDS)('is told to a device that joins later (seed %i)', async (seed) => {
    const world = await MeshWorld.create(4, seededRandom(seed), { members: 3 });
    const { origin } = world.device(2);
    world.connect(0, 1);
    world.connect(0, 2);
    await world.settle();
    await writeMany(world, 2, 2, 'both');
    await world.settle();
    world.disconnect(0, 2);
    const copy = world.device(2).copy();
    await writeMany(world, 2, 1, 'first');
    const first = recordsOf(world.device(2).copy());
    await bringBack(world, 2, copy);
    await writeMany(world, 2, 1, 'second');
    give(world, 0, await evidenceBetween(world.space, origin, [first, world.device(2).records]));
    await world.add(3);
    await world.settle();
    world.connect(0, 3);
    await world.settle();
    await expectAgreement(world, [world.device(0), world.device(1), world.device(3)]);
    expect(forksOf(world.device(3).engine)).toEqual({ [origin]: 3 });
  });
});

describe('a device whose own log is forked', () => {
  it('retires it and goes on in a new one, which counts', async () => {
    const { world, origin, evidence } = await forkedApart(1);
    const device = world.device(3);
    give(world, 0, evidence);
    await reunite(world);
    expect([...device.engine.retired]).toEqual([[origin, 'forked']]);
    expect(device.answers).toContainEqual({ type: 'log-retired', origin, reason: 'forked' });
    await expect(world.write(3, update('e', { x: 1 }))).rejects.toMatchObject({ code: 'log_retired' });
    world.goOn(3);
    await world.write(3, update('e', { x: 'new' }));
    await reunite(world);
    await expectAgreement(world);
    expect(world.device(0).engine.replica.causality.applied(device.origin)).toBe(1);
  });

  it('does so after a restart too, and a log that nobody knows is not mentioned', async () => {
    const { world, origin, evidence } = await forkedApart(1);
    give(world, 3, evidence);
    await world.settle();
    await world.crash(3);
    await world.settle();
    expect([...world.device(3).engine.retired]).toEqual([[origin, 'forked']]);
    expect(toldOf(world.device(3), 'log-retired')).toHaveLength(2);
  });
});
