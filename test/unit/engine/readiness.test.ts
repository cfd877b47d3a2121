import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../protocol/event/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';

const SEEDS = [1, 2, 3, 4];

const waitingOf = ({ engine }: WorldDevice) => [...engine.waiting()];

/** Keeps the records of one log from reaching a device. */
const withhold = (world: MeshWorld, origin: Origin, from: number): void => {
  const device = world.device(from);
  world.passing = (frame, sender, to) =>
    frame.type === 'want' && world.logNamed(frame.log, sender, to) === origin && to === device
      ? undefined
      : frame;
};

describe('events whose causes are not here', () => {
  it.each(SEEDS)('wait, are shown as waiting, and are applied when these come (seed %i)', async (seed) => {
    const world = await MeshWorld.create(3, seededRandom(seed));
    const [a, b, c] = [world.device(0), world.device(1), world.device(2)];
    world.connect(0, 1);
    world.connect(1, 2);
    await world.settle();
    withhold(world, a.origin, 1);
    // C knows A's log up to the additions of devices; what A writes now stays with B.
    const [cause] = await world.write(0, update('e', { x: 1 }));
    world.disconnect(1, 2);
    await world.settle();
    await world.write(1, update('e', { x: 2 }));
    world.connect(1, 2);
    await world.settle();
    expect(c.engine.replica.causality.applied(b.origin)).toBe(0);
    expect(waitingOf(c)).toEqual([
      { place: { origin: b.origin, seq: 1 }, waitsFor: { origin: a.origin, seq: cause?.seq } },
    ]);

    world.passing = (frame) => frame;
    world.connect(0, 2);
    await world.pass(60_000);
    expect(waitingOf(c)).toEqual([]);
    expect(c.engine.replica.digest.toHex()).toBe(b.engine.replica.digest.toHex());
  });

  it('are still waiting, and still shown, after a restart', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    const [a, b, c] = [world.device(0), world.device(1), world.device(2)];
    world.connect(0, 1);
    world.connect(1, 2);
    await world.settle();
    world.disconnect(1, 2);
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    await world.write(1, ...[2, 3, 4].map((x) => update('e', { x })));
    withhold(world, a.origin, 1);
    world.connect(1, 2);
    await world.settle();
    const waiting = waitingOf(c);
    expect(waiting).toHaveLength(1);
    world.disconnect(1, 2);
    await world.settle();
    await c.open(world.space, world.genesis);
    world.step(c, { type: 'tick' });
    await world.settle();
    expect(waitingOf(c)).toEqual(waiting);
    world.connect(0, 2);
    await world.settle();
    expect(waitingOf(c)).toEqual([]);
    expect(c.engine.replica.digest.toHex()).toBe(b.engine.replica.digest.toHex());
  });
});

describe('the log of a device that is not known as a member yet', () => {
  it.each(SEEDS)(
    'is taken as soon as its addition arrives, whoever is heard first (seed %i)',
    async (seed) => {
      const world = await MeshWorld.create(4, seededRandom(seed), { members: 3 });
      const newcomer = world.device(3);
      world.connect(0, 1);
      world.connect(0, 2);
      await world.settle();
      // Only the founder knows of the newcomer, and the newcomer's records reach the others through it.
      world.disconnect(0, 1);
      await world.settle();
      await world.add(3);
      world.connect(0, 3);
      await world.settle();
      const before = world.device(1).engine.replica.counts.events;
      world.connect(1, 3);
      await world.settle(8);
      await world.write(3, update('e', { by: 'newcomer' }));
      await world.settle();
      expect(world.device(1).engine.replica.counts.events).toBe(before + 2);
      expect(world.device(1).engine.replica.causality.applied(newcomer.origin)).toBe(1);
    },
  );

  it.each(SEEDS)('is taken even if its first head came before that (seed %i)', async (seed) => {
    const world = await MeshWorld.create(4, seededRandom(seed), { members: 3 });
    world.connect(0, 1);
    world.connect(1, 2);
    await world.settle();
    // Device 2 hears from device 1 alone, which is slow to hand out records, the addition among them.
    world.isHeld = ({ device, type }) => device === world.device(1) && type === 'read-range';
    world.connect(0, 3);
    await world.add(3);
    await world.settle();
    await world.write(3, update('e', { by: 'newcomer' }));
    await world.settle();
    const late = world.device(2).engine;
    expect(late.replica.counts.events).toBe(3);
    world.isHeld = () => false;
    await world.settle();
    expect(late.replica.counts.events).toBe(5);
  });
});

describe('reading back what is stored', () => {
  it.each(SEEDS)('meets what comes in at the same time (seed %i)', async (seed) => {
    const world = await MeshWorld.create(2, seededRandom(seed));
    const [a, b] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    await world.write(0, ...Array.from({ length: 20 }, (_, i) => update('e', { x: i })));
    await world.settle();
    world.disconnect(0, 1);
    await b.state.clear();
    await b.open(world.space, world.genesis);
    world.connect(0, 1);
    world.isHeld = ({ device, type }) => device === b && (type === 'read-records' || type === 'commit');
    world.step(b, { type: 'tick' });
    await world.write(0, update('e', { x: 'meanwhile' }));
    await world.settle();
    // What came meanwhile is still on its way to the store when the reads get there.
    world.isHeld = ({ device, type }) => device === b && type === 'commit';
    await world.settle();
    world.isHeld = () => false;
    await world.settle();
    expect(waitingOf(b)).toEqual([]);
    expect(b.engine.replica.digest.toHex()).toBe(a.engine.replica.digest.toHex());
  });

  it.each(SEEDS)('goes on past what is kept in memory of a log that waits (seed %i)', async (seed) => {
    const world = await MeshWorld.create(3, seededRandom(seed));
    const [a, b, c] = [world.device(0), world.device(1), world.device(2)];
    world.connect(0, 1);
    world.connect(1, 2);
    await world.settle();
    withhold(world, a.origin, 1);
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    await world.write(1, ...Array.from({ length: 1500 }, (_, x) => update('e', { x })));
    await world.settle();
    expect(waitingOf(c)).toMatchObject([{ place: { origin: b.origin, seq: 1 } }]);
    world.isHeld = ({ device, type }) => device === c && type === 'commit';
    await world.write(1, update('e', { x: 'last' }));
    await world.settle();
    world.passing = (frame) => frame;
    world.connect(0, 2);
    await world.pass(10_000);
    world.isHeld = () => false;
    await world.settle();
    expect(waitingOf(c)).toEqual([]);
    expect(c.engine.replica.digest.toHex()).toBe(b.engine.replica.digest.toHex());
  });

  it('stops at a damaged record, says so, and does not ask for it again and again', async () => {
    const world = await MeshWorld.create(2, seededRandom(5));
    const [a, b] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    await world.write(0, ...Array.from({ length: 5 }, (_, x) => update('e', { x })));
    await world.settle();
    world.disconnect(0, 1);
    const damaged = { origin: a.origin, seq: 4 };
    const { records } = b;
    b.records = {
      ...records,
      records: async (...range) =>
        (await records.records(...range)).map((record, i) =>
          range[0] === a.origin && range[1] + i === damaged.seq ? record.with(1, 0xff) : record,
        ),
    };
    await b.state.clear();
    await b.open(world.space, world.genesis);
    world.step(b, { type: 'tick' });
    await world.settle();
    const shown = [{ place: damaged, waitsFor: damaged, reason: 'damaged' }];
    expect(waitingOf(b)).toEqual(shown);
    expect(b.engine.replica.causality.applied(a.origin)).toBe(3);
    for (let i = 0; i < 3; i += 1) await world.pass(60_000);
    expect(waitingOf(b)).toEqual(shown);
    world.connect(0, 1);
    await world.write(0, update('e', { x: 'new' }));
    await world.settle();
    expect(waitingOf(b)).toEqual(shown);
    expect([...b.engine.frontier()]).toEqual([...a.engine.frontier()]);
  });

  it.each(SEEDS)('rebuilds a state that was cleared while records were coming in (seed %i)', async (seed) => {
    const world = await MeshWorld.create(2, seededRandom(seed));
    const [a, b] = [world.device(0), world.device(1)];
    await world.write(0, ...Array.from({ length: 1200 }, (_, x) => update(`e${x % 5}`, { x })));
    world.connect(0, 1);
    await world.settle(10);
    await world.forget(1);
    await world.forget(1);
    world.connect(0, 1);
    await world.settle();
    expect(b.engine.replica.digest.toHex()).toBe(a.engine.replica.digest.toHex());
    expect(b.engine.replica.counts).toEqual(a.engine.replica.counts);
  });
});
