import { describe, expect, it } from 'vitest';
import { base32 } from '../../../protocol/bytes/index.ts';
import { ForkBook } from '../../../protocol/engine/forks.ts';
import { ENGINE_LIMITS } from '../../../protocol/engine/index.ts';
import { makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import { buildEvidence, encodeEvidence } from '../../../protocol/evidence/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { encodeGossip } from '../../../protocol/sync/index.ts';
import { expectAgreement, frontierOf, reunite } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { forksOf } from '../../support/expected-state.ts';
import { forkedRecords, signSegment } from '../../support/forked-log.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { evidenceBetween } from '../../support/stored-history.ts';
import { TEST_SPACE, testLog } from '../../support/test-log.ts';

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

/**
 * Device 3 has written two events, then one history that device 1 holds and another one that device 2 holds. All
 * are apart, and nobody knows. Device 0 holds what both have in common.
 */
const forkedApart = async (seed: number, first = 2, second = 3): Promise<Forked> => {
  const world = await MeshWorld.create(4, seededRandom(seed));
  const { origin } = world.device(3);
  for (const number of [1, 2, 3]) world.connect(0, number);
  await world.settle();
  await writeMany(world, 3, 2, 'both');
  await world.settle();
  for (const number of [1, 2, 3]) world.disconnect(0, number);
  const copy = await world.device(3).copy();
  for (const [number, count] of [
    [1, first],
    [2, second],
  ] as const) {
    await world.restore(3, copy);
    await world.settle();
    await writeMany(world, 3, count, `branch of ${number}`);
    world.connect(3, number);
    await world.settle();
    world.disconnect(3, number);
  }
  const evidence = await evidenceBetween(world.space, origin, [
    world.device(1).records,
    world.device(2).records,
  ]);
  return { world, origin, evidence };
};

const give = (world: MeshWorld, number: number, bytes: Uint8Array): void => {
  world.step(world.device(number), { type: 'evidence', bytes });
};

const proofsOf = ({ answers }: WorldDevice) =>
  answers.flatMap((effect) => (effect.type === 'equivocation' ? [effect.seq] : []));

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
    const { world, origin, evidence } = await forkedApart(1, 2, 3);
    give(world, 0, evidence);
    await world.settle();
    await reunite(world);
    const lengths = await Promise.all(world.devices.map((device) => lengthOf(device, origin)));
    expect(lengths).toEqual([2, 4, 5, 5]);
    const stores = [world.device(1).records, world.device(2).records] as const;
    expect(await evidenceBetween(world.space, origin, stores)).toEqual(evidence);
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

  it.each(SEEDS)('is completed up to the fork by who has less of it (seed %i)', async (seed) => {
    const world = await MeshWorld.create(3, seededRandom(seed));
    const { origin } = world.device(2);
    for (const number of [1, 2]) world.connect(0, number);
    await world.settle();
    for (const number of [1, 2]) world.disconnect(0, number);
    await writeMany(world, 2, 2, 'both');
    world.step(world.device(2), { type: 'seal', request: 1 });
    await world.settle();
    const copy = await world.device(2).copy();
    await writeMany(world, 2, 1, 'first');
    world.connect(1, 2);
    await world.settle();
    await world.restore(2, copy);
    await world.settle();
    await writeMany(world, 2, 1, 'second');
    const stores = [world.device(1).records, world.device(2).records] as const;
    give(world, 0, await evidenceBetween(world.space, origin, stores));
    await reunite(world);
    await expectAgreement(world);
    expect(forksOf(world.device(0).engine)).toEqual({ [origin]: 3 });
    expect(world.device(0).engine.replica.causality.applied(origin)).toBe(2);
  });

  it.each(SEEDS)('may have nothing in common: then nothing of it counts (seed %i)', async (seed) => {
    const world = await MeshWorld.create(3, seededRandom(seed));
    const { origin } = world.device(2);
    for (const number of [1, 2]) world.connect(0, number);
    await world.settle();
    for (const number of [1, 2]) world.disconnect(0, number);
    const copy = await world.device(2).copy();
    await writeMany(world, 2, 2, 'first');
    world.connect(1, 2);
    await world.settle();
    await world.restore(2, copy);
    await world.settle();
    await writeMany(world, 2, 1, 'second');
    const stores = [world.device(1).records, world.device(2).records] as const;
    give(world, 0, await evidenceBetween(world.space, origin, stores));
    await reunite(world);
    await expectAgreement(world);
    for (const device of world.devices) {
      expect(forksOf(device.engine)).toEqual({ [origin]: 1 });
      expect(frontierOf(device)).toContainEqual(expect.objectContaining({ origin, seq: 0, frozen: true }));
    }
    expect(await lengthOf(world.device(0), origin)).toBe(0);
  });

  it('is found out where one history is sealed and the other goes on, too', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    const { origin } = world.device(1);
    world.connect(0, 1);
    await world.settle();
    await writeMany(world, 1, 2, 'both');
    await world.settle();
    const copy = await world.device(1).copy();
    world.step(world.device(1), { type: 'seal', request: 1 });
    await world.settle();
    await world.restore(1, copy);
    await world.settle();
    await writeMany(world, 1, 1, 'more');
    await reunite(world);
    await expectAgreement(world);
    for (const device of world.devices) expect(forksOf(device.engine)).toEqual({ [origin]: 3 });
  });

  it('may be one that is sealed, and goes on in the other history: the cut is part of it', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    const { origin } = world.device(1);
    world.connect(0, 1);
    await world.settle();
    await writeMany(world, 1, 2, 'both');
    await world.settle();
    world.disconnect(0, 1);
    const copy = await world.device(1).copy();
    world.step(world.device(1), { type: 'seal', request: 1 });
    await world.settle();
    const sealed = world.device(1).records;
    await world.restore(1, copy);
    await world.settle();
    await writeMany(world, 1, 1, 'more');
    give(world, 0, await evidenceBetween(world.space, origin, [sealed, world.device(1).records]));
    await reunite(world);
    await expectAgreement(world);
    expect(forksOf(world.device(0).engine)).toEqual({ [origin]: 3 });
  });
});

describe('a fork', () => {
  /** Device 2 holds a history that parts from the other two before they part from each other. */
  const threeHistories = async (seed: number) => {
    const world = await MeshWorld.create(4, seededRandom(seed));
    const { origin } = world.device(3);
    for (const number of [1, 2, 3]) world.connect(0, number);
    await world.settle();
    await writeMany(world, 3, 1, 'all');
    await world.settle();
    const early = await world.device(3).copy();
    world.disconnect(0, 2);
    await writeMany(world, 3, 2, 'two');
    await world.settle();
    for (const number of [1, 3]) world.disconnect(0, number);
    const late = await world.device(3).copy();
    const write = async (number: number, copy: typeof early): Promise<void> => {
      await world.restore(3, copy);
      await world.settle();
      await writeMany(world, 3, 2, `branch of ${number}`);
      world.connect(3, number);
      await world.settle();
      world.disconnect(3, number);
    };
    await write(0, late);
    await write(1, late);
    await write(2, early);
    const stores = [0, 1, 2].map((number) => world.device(number).records);
    const [a, b, c] = stores as [(typeof stores)[0], (typeof stores)[0], (typeof stores)[0]];
    return {
      world,
      origin,
      later: await evidenceBetween(world.space, origin, [a, b]),
      earlier: await evidenceBetween(world.space, origin, [a, c]),
    };
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
    for (const lose of [async () => {}, async () => world.device(1).state.clear()]) {
      await lose();
      await world.crash(1);
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
    const copy = await world.device(2).copy();
    await writeMany(world, 2, 1, 'first');
    const first = world.device(2).records;
    await world.restore(2, copy);
    await world.settle();
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

describe('forks that are kept in mind', () => {
  /** Proofs that a device nobody knows has signed two histories of each of its logs. */
  const proofsBy = (world: MeshWorld, number: number, count: number): readonly Uint8Array[] => {
    const { signer } = world.device(number);
    const [first, second] = forkedRecords(1, 2, 3);
    return Array.from({ length: count }, (_, i) => {
      const origin = makeOrigin(signer.device, base32.encode(Uint8Array.of(9, 9, 9, i >> 8, i & 255)));
      const log = { signer, origin, space: world.space };
      const sides = [signSegment(log, undefined, first), signSegment(log, undefined, second)] as const;
      const evidence = buildEvidence(portableCrypto, world.space, ...sides);
      if (!evidence.ok) throw new Error(evidence.fault.message);
      return encodeEvidence(evidence.value);
    });
  };

  it('of devices that are not known are few, and one more of a device that is known is taken', async () => {
    const world = await MeshWorld.create(3, seededRandom(1), { members: 2 });
    const { engine } = world.device(0);
    const strange = proofsBy(world, 2, ENGINE_LIMITS.strangeForksMax + 1);
    for (const evidence of strange) give(world, 0, evidence);
    expect([...engine.forks()]).toHaveLength(ENGINE_LIMITS.strangeForksMax);
    for (const evidence of proofsBy(world, 1, 1)) give(world, 0, evidence);
    expect([...engine.forks()]).toHaveLength(ENGINE_LIMITS.strangeForksMax + 1);
    // As soon as the device is known, its logs are no strange ones any more.
    await world.add(2);
    for (const evidence of strange) give(world, 0, evidence);
    expect([...engine.forks()]).toHaveLength(ENGINE_LIMITS.strangeForksMax + 2);
  });

  it('are no more than there is room for, and an earlier fork of one that is known always has some', () => {
    const book = new ForkBook(portableCrypto, TEST_SPACE, []);
    const logOf = (i: number) =>
      makeOrigin(testLog().signer.device, base32.encode(Uint8Array.of(1, 1, 1, i >> 8, i & 255)));
    for (let i = 0; i < ENGINE_LIMITS.forksMax; i += 1) {
      expect(book.hasRoom(logOf(i), () => true)).toBe(true);
      book.keep({ origin: logOf(i), seq: 2, evidence: new Uint8Array() });
    }
    expect(book.hasRoom(logOf(ENGINE_LIMITS.forksMax), () => true)).toBe(false);
    expect(book.hasRoom(logOf(0), () => true)).toBe(true);
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
    expect(world.device(3).answers.filter(({ type }) => type === 'log-retired')).toHaveLength(2);
  });
});
