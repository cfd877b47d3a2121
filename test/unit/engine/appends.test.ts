import { describe, expect, it } from 'vitest';
import type { AppendEntry } from '../../../protocol/engine/index.ts';
import { makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import type { Manifest } from '../../../protocol/manifest/index.ts';
import { SEGMENT_LIMITS } from '../../../protocol/segment/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, WORLD_BEGIN_MS, type WorldDevice } from '../../support/mesh-world.ts';

const secondLog = ({ id }: WorldDevice): Origin => makeOrigin(id, 'bbbbbbbb');

const entry = (origin: Origin, x: number, over: Partial<AppendEntry> = {}): AppendEntry => ({
  origin,
  draft: update('e', { x }),
  ...over,
});

let lastSeal = 0;

const seal = async (world: MeshWorld, number: number): Promise<readonly Manifest[]> => {
  lastSeal += 1;
  const request = lastSeal;
  const device = world.device(number);
  world.step(device, { type: 'seal', request });
  await world.settle();
  const answer = device.answers.find((effect) => effect.type === 'sealed' && effect.request === request);
  if (answer?.type !== 'sealed') throw new Error('the seal was never answered');
  return answer.manifests;
};

describe('an append', () => {
  it('sees everything that is applied, and states only what has risen', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    const [a, b] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    await world.settle();
    const [first, second] = await world.write(1, update('e', { x: 1 }), update('e', { x: 2 }));
    expect([first?.seen, second?.seen]).toEqual([{ [a.origin]: 2 }, undefined]);
    await world.settle();
    const [third] = await world.write(0, update('e', { x: 3 }));
    expect(third?.seen).toEqual({ [b.origin]: 2 });
  });

  it('is later than everything that it has seen, even where wall clocks run behind', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    world.nowMs = WORLD_BEGIN_MS + 5000;
    const [ahead] = await world.write(0, update('e', { x: 1 }));
    await world.settle();
    world.nowMs = WORLD_BEGIN_MS;
    const [behind] = await world.write(1, update('e', { x: 2 }));
    expect(ahead?.timestamp).toBe(WORLD_BEGIN_MS + 5000);
    expect(behind?.timestamp).toBe(WORLD_BEGIN_MS + 5001);
  });

  it('to the log of another device is refused', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    await expect(world.append(0, [entry(world.device(1).origin, 1)])).rejects.toMatchObject({
      code: 'not_own_log',
    });
    await world.settle();
    expect(world.device(0).engine.replica.counts.events).toBe(2);
  });

  it('before all is applied again that was applied is refused', async () => {
    const world = await MeshWorld.create(1, seededRandom(1));
    const [device] = world.devices;
    if (device === undefined) throw new Error('no device');
    await device.state.clear();
    await device.open(world.space, world.genesis);
    await expect(world.append(0, [entry(device.origin, 1)])).rejects.toMatchObject({ code: 'rebuilding' });
    world.step(device, { type: 'tick' });
    await world.settle();
    const [event] = await world.append(0, [entry(device.origin, 1)]);
    expect(event?.seq).toBe(2);
  });
});

describe('imported events', () => {
  it('keep their times and what they had seen, in several own logs at once', async () => {
    const world = await MeshWorld.create(2, seededRandom(2));
    const [a, b] = [world.device(0), world.device(1)];
    const other = secondLog(a);
    world.connect(0, 1);
    await world.settle();
    const events = await world.append(0, [
      entry(other, 1, { timestamp: 10, seen: {} }),
      entry(a.origin, 2, { timestamp: 20, seen: {} }),
      entry(other, 3, { timestamp: 30, seen: { [a.origin]: 3 } }),
      entry(other, 4, { timestamp: 5, seen: { [a.origin]: 3 } }),
    ]);
    expect(events.map(({ timestamp, seq, seen }) => [timestamp, seq, seen])).toEqual([
      [10, 1, undefined],
      [20, 3, undefined],
      [30, 2, { [a.origin]: 3 }],
      [5, 3, undefined],
    ]);
    await world.settle();
    // The first two are concurrent; those that saw both supersede them. What is later in causality wins.
    expect(b.engine.replica.digest.toHex()).toBe(a.engine.replica.digest.toHex());
    expect(b.engine.replica.counts).toMatchObject({ events: 6, openConflicts: 0, closedConflicts: 1 });
    expect(b.engine.replica.causality.applied(other)).toBe(3);
  });

  it('that have not seen each other are in conflict', async () => {
    const world = await MeshWorld.create(1, seededRandom(2));
    const { origin, engine } = world.device(0);
    await world.append(0, [
      entry(secondLog(world.device(0)), 1, { seen: {} }),
      entry(origin, 2, { seen: {} }),
    ]);
    expect(engine.replica.counts.openConflicts).toBe(1);
  });

  it.each([
    ['a seq past what is here', { ahead: 1 }],
    ['a log that is not here', { ahead: 0 }],
  ])('that claim to have seen %s are refused, and leave no trace', async (_, { ahead }) => {
    const world = await MeshWorld.create(2, seededRandom(2));
    const [a, b] = [world.device(0), world.device(1)];
    const seen = ahead === 1 ? { [a.origin]: 3 } : { [b.origin]: 1 };
    const entries = [entry(secondLog(a), 1, { seen: {} }), entry(secondLog(a), 2, { seen })];
    await expect(world.append(0, entries)).rejects.toMatchObject({
      code: 'seen_not_applied',
      message: expect.stringContaining('event 2'),
    });
    await world.settle();
    expect([...a.engine.frontier()]).toHaveLength(1);
    const [event] = await world.append(0, [entry(secondLog(a), 1)]);
    expect(event?.seq).toBe(1);
  });

  it('may see what stands at the very end of a log', async () => {
    const world = await MeshWorld.create(1, seededRandom(2));
    const a = world.device(0);
    const [event] = await world.append(0, [entry(secondLog(a), 1, { seen: { [a.origin]: 1 } })]);
    expect(event?.seen).toEqual({ [a.origin]: 1 });
  });
});

describe('a seal', () => {
  it('closes the open segments that hold something, and no others', async () => {
    const world = await MeshWorld.create(1, seededRandom(3));
    const a = world.device(0);
    await world.append(0, [entry(secondLog(a), 1)]);
    const manifests = await seal(world, 0);
    expect(manifests).toMatchObject([
      { origin: a.origin, segment: 0, events: 1, sealed: true },
      { origin: secondLog(a), segment: 0, events: 1, sealed: true },
    ]);
    const arrivals = a.records.arrivals();
    expect(await seal(world, 0)).toEqual([]);
    expect(a.records.arrivals()).toBe(arrivals);
  });

  it('reaches the peers, and the next record begins a segment', async () => {
    const world = await MeshWorld.create(2, seededRandom(3));
    const [a, b] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    await world.settle();
    expect(await seal(world, 0)).toHaveLength(1);
    expect(await b.records.manifests(a.origin)).toMatchObject([{ segment: 0, events: 2, sealed: true }]);
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    expect(await b.records.manifests(a.origin)).toMatchObject([
      { segment: 0, sealed: true },
      { segment: 1, firstSeq: 3, events: 1, sealed: false },
    ]);
    expect([...b.engine.frontier()]).toEqual([...a.engine.frontier()]);
  });

  it.each([1, 2, 3])('while a commit is under way closes what comes before it (seed %i)', async (seed) => {
    const world = await MeshWorld.create(2, seededRandom(seed));
    const [a, b] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    world.isHeld = ({ type }) => type === 'commit';
    for (const request of [901, 902])
      world.step(a, { type: 'append', request, entries: [entry(a.origin, request)] });
    world.step(a, { type: 'seal', request: 903 });
    world.step(a, { type: 'append', request: 904, entries: [entry(a.origin, 904)] });
    await world.settle();
    world.isHeld = () => false;
    await world.settle();
    expect(await b.records.manifests(a.origin)).toMatchObject([
      { segment: 0, events: 4, sealed: true },
      { segment: 1, events: 1, sealed: false },
    ]);
    expect(b.engine.replica.digest.toHex()).toBe(a.engine.replica.digest.toHex());
  });

  it('outlives a restart', async () => {
    const world = await MeshWorld.create(1, seededRandom(3));
    await seal(world, 0);
    await world.crash(0);
    await world.write(0, update('e', { x: 1 }));
    const { records, origin } = world.device(0);
    expect((await records.manifests(origin)).map(({ sealed }) => sealed)).toEqual([true, false]);
  });
});

describe('a full segment', () => {
  it('closes by itself at the limit, not before', async () => {
    const world = await MeshWorld.create(1, seededRandom(4));
    const { records, origin } = world.device(0);
    await world.write(
      0,
      ...Array.from({ length: SEGMENT_LIMITS.eventsMax - 1 }, (_, x) => update('e', { x })),
    );
    expect(await records.manifests(origin)).toMatchObject([
      { events: SEGMENT_LIMITS.eventsMax, sealed: false },
    ]);
    await world.write(0, update('e', { x: 'one more' }));
    expect(await records.manifests(origin)).toMatchObject([
      { events: SEGMENT_LIMITS.eventsMax, sealed: true },
      { events: 1, sealed: false },
    ]);
  });
});

describe('a log of which the stored peaks are damaged', () => {
  const damagedWorld = async (): Promise<MeshWorld> => {
    const world = await MeshWorld.create(2, seededRandom(5));
    world.connect(0, 1);
    await world.settle();
    world.disconnect(0, 1);
    for (const device of world.devices) {
      const { records } = device;
      const tails = (await records.tails()).map(({ manifest, peaks }) => ({
        manifest,
        peaks: peaks.map((peak) => peak.with(0, (peak[0] ?? 0) ^ 1)),
      }));
      device.records = { ...records, tails: async () => tails };
    }
    return world;
  };

  it('is never written to: nobody could verify what is signed on top of them', async () => {
    const world = await damagedWorld();
    const device = world.device(0);
    await device.open(world.space, world.genesis);
    await expect(world.write(0, update('e', { x: 1 }))).rejects.toMatchObject({ code: 'tail_damaged' });
    await world.settle();
    expect(device.commits).toEqual([]);
  });

  it('takes no more of a peer, and stops nothing else', async () => {
    const world = await damagedWorld();
    const [a, b] = [world.device(0), world.device(1)];
    await world.append(0, [entry(secondLog(a), 1)]);
    await world.write(0, update('e', { x: 1 }));
    await b.open(world.space, world.genesis);
    world.connect(0, 1);
    await world.settle();
    const [peer] = b.engine.peers();
    expect([...(peer?.disputed ?? [])]).toMatchObject([[a.origin, { code: 'tail_damaged' }]]);
    expect(b.engine.replica.causality.applied(secondLog(a))).toBe(1);
    expect(b.engine.replica.causality.applied(a.origin)).toBe(2);
  });
});
