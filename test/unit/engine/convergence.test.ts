import { describe, expect, it } from 'vitest';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { digestOf, digestsIn } from '../../support/world-answers.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('engines that are connected', () => {
  it.each(SEEDS)('converge, whatever happens first (seed %i)', async (seed) => {
    const world = await MeshWorld.create(3, seededRandom(seed));
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const)
      world.connect(a, b);
    await world.settle();
    for (let i = 0; i < 5; i += 1) {
      for (const number of [0, 1, 2]) {
        await world.write(number, update('e', { [`f${number}`]: i, shared: `${number} ${i}` }));
        await world.settle(3);
      }
    }
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    for (const { engine } of world.devices) {
      expect(engine.replica.counts.events).toBe(15 + 3);
      expect([...engine.waiting()]).toEqual([]);
      for (const peer of engine.peers()) expect(peer).toMatchObject({ lag: 0, behind: 0 });
    }
  });

  it.each(SEEDS)('pass on what they got through others (seed %i)', async (seed) => {
    const world = await MeshWorld.create(4, seededRandom(seed));
    for (const number of [1, 2, 3]) world.connect(number - 1, number);
    await world.settle();
    await world.write(3, update('e', { x: 1 }));
    await world.write(0, update('e', { x: 2 }));
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect(world.device(1).engine.replica.counts.openConflicts).toBe(1);
  });
});

describe('engines that were apart', () => {
  it.each(SEEDS)('catch up over many segments, with cuts in between (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const world = await MeshWorld.create(2, random);
    const big = 'x'.repeat(30_000);
    for (let i = 0; i < 60; i += 1) await world.write(0, update(`e${i}`, { big, i }));
    await world.write(0, ...Array.from({ length: 2500 }, (_, i) => update('many', { n: i })));
    for (let cut = 0; cut < 6; cut += 1) {
      world.connect(0, 1);
      await world.settle(Math.floor(random() * 40));
      world.disconnect(0, 1);
    }
    world.connect(0, 1);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect([...world.device(1).engine.frontier()]).toEqual([...world.device(0).engine.frontier()]);
  });

  it('move nothing but two greetings when they are equal', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    world.disconnect(0, 1);
    const sent: string[] = [];
    world.passing = (frame) => {
      sent.push(frame.type);
      return frame;
    };
    const before = world.bytes;
    world.connect(0, 1);
    await world.settle();
    expect(sent).toEqual(['hello', 'hello']);
    // Each with the tag of the space, the id of a store, a digest, and a cursor.
    expect(world.bytes - before).toBeLessThan(256);
  });

  it('find out by anti-entropy what no push told them', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    const equal = world.bytes;
    await world.pass(60_000);
    expect(world.bytes).toBeGreaterThan(equal);
    expect(digestsIn(world).size).toBe(1);
  });
});

describe('an engine that is opened again', () => {
  it('goes on where it was, with the same state', async () => {
    const world = await MeshWorld.create(2, seededRandom(3));
    world.connect(0, 1);
    await world.write(0, update('e', { x: 1 }));
    await world.write(1, update('e', { x: 2 }));
    await world.settle();
    const digest = digestOf(world.device(1));
    world.disconnect(0, 1);
    await world.device(1).open(world.space, world.genesis);
    expect(digestOf(world.device(1))).toBe(digest);
    await world.write(1, update('e', { x: 3 }));
    world.connect(0, 1);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect(world.device(0).engine.replica.counts).toEqual(world.device(1).engine.replica.counts);
  });

  it('rebuilds a state that was lost from the records', async () => {
    const world = await MeshWorld.create(2, seededRandom(4));
    world.connect(0, 1);
    await world.settle();
    await world.write(0, ...Array.from({ length: 3000 }, (_, i) => update(`e${i % 7}`, { n: i })));
    await world.write(1, update('e1', { n: 'mine' }));
    await world.settle();
    const { digest, counts } = world.device(1).engine.replica;
    world.disconnect(0, 1);
    await world.device(1).state.clear();
    await world.device(1).open(world.space, world.genesis);
    world.step(world.device(1), { type: 'tick' });
    await world.settle();
    expect(digestOf(world.device(1))).toBe(digest.toHex());
    expect(world.device(1).engine.replica.counts).toEqual(counts);
  });
});

describe('an append', () => {
  it('leaves no trace when one of its events cannot be written', async () => {
    const world = await MeshWorld.create(1, seededRandom(5));
    const { engine, origin } = world.device(0);
    const before = engine.replica.digest.toHex();
    const bad = update('e', { x: 2 ** 60 });
    await expect(world.write(0, update('e', { x: 1 }), bad)).rejects.toMatchObject({
      code: 'record_not_json',
      message: expect.stringContaining('event 2'),
    });
    await world.settle();
    expect(engine.replica.digest.toHex()).toBe(before);
    expect(engine.replica.causality.applied(origin)).toBe(1);
    await world.write(0, update('e', { x: 1 }));
    expect(engine.replica.causality.applied(origin)).toBe(2);
  });
});
