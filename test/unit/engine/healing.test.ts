import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeManifest } from '../../../protocol/manifest/index.ts';
import { SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { forkedWorld } from '../../support/forked-world.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { digestOf, strikesOf } from '../../support/world-answers.ts';

const RETRY = SYNC_LIMITS.antiEntropyMs;

/** Three devices, of which the first has written two segments that all hold. Nobody is connected. */
const filledWorld = async (events = 20): Promise<MeshWorld> => {
  const world = await MeshWorld.create(3, seededRandom(1));
  world.connect(0, 1);
  world.connect(0, 2);
  for (const from of [0, events]) {
    const values = Array.from({ length: events }, (_, i) => from + i);
    await world.write(0, ...values.map((x) => update(`e${x}`, { x })));
    world.step(world.device(0), { type: 'seal', request: 1_000_000 + from });
    await world.settle();
  }
  world.disconnect(0, 1);
  world.disconnect(0, 2);
  return world;
};

const placeOf = (world: MeshWorld, segment = 0) => ({ origin: world.device(0).origin, segment });

/** Hash of everything that a device's store holds of a log; rejects where it is damaged. */
const contentsOf = async ({ records }: WorldDevice, { origin }: WorldDevice): Promise<string> => {
  const hash = createHash('sha256');
  for (const manifest of await records.manifests(origin)) hash.update(encodeManifest(manifest));
  for (const record of await records.records(origin, 1, 10_000)) hash.update(record).update('\n');
  return hash.digest('hex');
};

describe('a damaged segment of the own store', () => {
  it('comes back from the first peer that is met', async () => {
    const world = await filledWorld();
    const [a, b] = [world.device(0), world.device(1)];
    b.disk.damage(placeOf(world));
    await expect(contentsOf(b, a)).rejects.toMatchObject({ code: 'store_damaged' });
    world.connect(0, 1);
    await world.settle();
    expect(await contentsOf(b, a)).toBe(await contentsOf(a, a));
    expect(b.restored).toHaveLength(1);
    expect([strikesOf(a), strikesOf(b)]).toEqual([[], []]);
  });

  it('of the own log comes back as any other', async () => {
    const world = await filledWorld();
    const [a, b] = [world.device(0), world.device(1)];
    a.disk.damage(placeOf(world, 1));
    world.connect(0, 1);
    await world.settle();
    expect(await contentsOf(a, a)).toBe(await contentsOf(b, a));
    expect(a.engine.retired.size).toBe(0);
  });

  it('that stops a rebuild of the state lets it go on', async () => {
    const world = await filledWorld();
    const [a, b] = [world.device(0), world.device(1)];
    b.disk.damage(placeOf(world));
    await b.state.clear();
    await b.open(world.space, world.genesis);
    world.step(b, { type: 'tick' });
    await world.settle();
    expect([...b.engine.waiting()]).toMatchObject([{ reason: 'damaged' }]);
    world.connect(0, 1);
    await world.settle();
    expect([...b.engine.waiting()]).toEqual([]);
    expect(digestOf(b)).toBe(digestOf(a));
  });

  it('that a peer asks for is healed, and then the peer gets it', async () => {
    const world = await filledWorld();
    const [a, b] = [world.device(0), world.device(1)];
    await world.write(0, update('e', { x: 'news' }));
    world.connect(0, 1);
    await world.settle();
    world.disconnect(0, 1);
    // The open segment, which device 2 lacks.
    b.disk.damage(placeOf(world, 2));
    const answered: string[] = [];
    world.passing = (frame, from) => {
      if (from === b) answered.push(frame.type);
      return frame;
    };
    world.connect(1, 2);
    await world.settle();
    expect(answered).toContain('want-end');
    expect(digestOf(world.device(2))).not.toBe(digestOf(a));
    world.connect(0, 1);
    await world.settle();
    for (let i = 0; i < 3; i += 1) await world.pass(2 * RETRY);
    expect(digestOf(world.device(2))).toBe(digestOf(a));
    expect(await contentsOf(b, a)).toBe(await contentsOf(a, a));
  });

  it.each([
    [10, 6],
    [98, 34],
  ])(
    'and %i more of them come back in some round trips, and not one after the other',
    async (count, most) => {
      const world = await MeshWorld.create(2, seededRandom(1));
      world.connect(0, 1);
      const [a, b] = [world.device(0), world.device(1)];
      for (let i = 0; i < count; i += 1) {
        await world.write(0, update(`e${i}`, { x: i }));
        world.step(a, { type: 'seal', request: 1_000_000 + i });
      }
      await world.settle();
      world.disconnect(0, 1);
      for (let segment = 0; segment < count; segment += 1) b.disk.damage(placeOf(world, segment));
      let [open, atOnceMost, trips] = [0, 0, 0];
      world.arriving = (frame, from) => {
        if (frame.type === 'ask' && from === b) open += 1;
        if (frame.type !== 'answer' || from !== a) return;
        atOnceMost = Math.max(atOnceMost, open);
        trips += 1 / open;
        open -= 1;
      };
      world.connect(0, 1);
      await world.settle();
      for (let i = 0; i < 5; i += 1) await world.pass(SYNC_LIMITS.answerWindowMs);
      expect(await contentsOf(b, a)).toBe(await contentsOf(a, a));
      expect(b.restored).toHaveLength(count);
      expect(atOnceMost).toBeLessThanOrEqual(SYNC_LIMITS.healingsPerPeer);
      expect(trips).toBeLessThan(most);
    },
  );

  it('costs the record that is lost, and nothing else', async () => {
    const world = await filledWorld(1000);
    const [a, b] = [world.device(0), world.device(1)];
    const seq = 700;
    b.disk.damage({ ...placeOf(world), seq });
    const [lost] = await a.records.records(a.origin, seq, 1);
    let [hashes, records, frames] = [0, 0, 0];
    world.passing = (frame) => {
      if (frame.type !== 'answer') return frame;
      frames += 1;
      if (frame.answer.type === 'nodes') hashes += frame.answer.hashes.length * 32;
      if (frame.answer.type === 'records') for (const { length } of frame.answer.records) records += length;
      return frame;
    };
    world.connect(0, 1);
    await world.settle();
    expect(await contentsOf(b, a)).toBe(await contentsOf(a, a));
    expect(records).toBe(lost?.length);
    expect(hashes).toBe(0);
    expect(frames).toBe(1);
  });

  it('of the own log that nobody else has gives what comes before the hole', async () => {
    const world = await filledWorld();
    const [a, b, c] = [world.device(0), world.device(1), world.device(2)];
    await world.write(0, ...Array.from({ length: 9 }, (_, x) => update(`more${x}`, { x })));
    const { seq: length } =
      [...a.engine.frontier()].find(({ origin }) => origin === a.origin) ?? expect.fail();
    a.disk.damage({ ...placeOf(world, 2), seq: length - 3 });
    world.connect(0, 1);
    world.connect(1, 2);
    await world.settle();
    await world.pass(2 * RETRY);
    for (const device of [b, c]) {
      const entry = [...device.engine.frontier()].find(({ origin }) => origin === a.origin);
      expect(entry).toMatchObject({ seq: length - 4, segment: 2, frozen: false });
    }
    expect([strikesOf(a), strikesOf(b), strikesOf(c)]).toEqual([[], [], []]);
    expect(a.engine.retired.size).toBe(0);
  });

  it('of the own log is given as a whole once it is healed', async () => {
    const world = await filledWorld();
    const [a, c] = [world.device(0), world.device(2)];
    await world.write(0, ...Array.from({ length: 9 }, (_, x) => update(`more${x}`, { x })));
    world.connect(0, 1);
    await world.settle();
    world.disconnect(0, 1);
    a.disk.damage({ ...placeOf(world, 2), seq: 45 });
    world.connect(0, 2);
    await world.settle();
    expect(digestOf(c)).not.toBe(digestOf(a));
    world.connect(0, 1);
    for (let i = 0; i < 3; i += 1) await world.pass(2 * RETRY);
    expect(digestOf(c)).toBe(digestOf(a));
    expect([strikesOf(a), strikesOf(c)]).toEqual([[], []]);
  });

  it('waits for a peer that holds it', async () => {
    const world = await filledWorld();
    const [a, b, c] = [world.device(0), world.device(1), world.device(2)];
    for (const device of [b, c]) device.disk.damage(placeOf(world));
    world.connect(1, 2);
    await world.settle();
    expect([b.restored, c.restored]).toEqual([[], []]);
    expect([strikesOf(b), strikesOf(c)]).toEqual([[], []]);
    world.connect(0, 1);
    await world.settle();
    await world.pass(2 * RETRY);
    for (const device of [b, c]) expect(await contentsOf(device, a)).toBe(await contentsOf(a, a));
  });

  it('is not filled with what nobody signed', async () => {
    const world = await filledWorld();
    const [a, b, c] = [world.device(0), world.device(1), world.device(2)];
    b.disk.damage(placeOf(world));
    const spoil = (frame: SyncFrame): SyncFrame =>
      frame.type === 'answer' && frame.answer.type === 'records'
        ? { ...frame, answer: { type: 'records', records: frame.answer.records.map(() => Uint8Array.of(7)) } }
        : frame;
    world.passing = (frame, from) => (from === c ? spoil(frame) : frame);
    world.connect(1, 2);
    await world.settle();
    expect(b.restored).toEqual([]);
    expect(strikesOf(b)).toEqual(['record_mismatch']);
    world.connect(0, 1);
    await world.settle();
    expect(await contentsOf(b, a)).toBe(await contentsOf(a, a));
  });

  it('whose record the other history does not have waits for one who holds its own', async () => {
    const { world, forker } = await forkedWorld(5, [
      { holder: 1, events: [1, 'seal', 2] },
      { holder: 2, events: [3, 'seal', 4] },
    ]);
    const [b, c] = [world.device(1), world.device(2)];
    b.disk.damage({ origin: forker.origin, segment: 0, seq: 6 });
    world.connect(1, 2);
    await world.settle();
    await world.pass(2 * RETRY);
    expect([b.restored, strikesOf(b), strikesOf(c)]).toEqual([[], [], []]);
    world.disconnect(1, 2);
  });

  it('that hides a fork is healed first, even by the other history', async () => {
    const { world, forker } = await forkedWorld(5, [
      { holder: 1, events: [1, 'seal', 2] },
      { holder: 2, events: [3, 'seal', 4] },
    ]);
    const [b, c] = [world.device(1), world.device(2)];
    b.disk.damage({ origin: forker.origin, segment: 0, seq: 3 });
    world.connect(1, 2);
    await world.settle();
    await world.pass(2 * RETRY);
    expect(b.restored).toHaveLength(1);
    for (const device of [b, c]) {
      expect([...device.engine.forks()]).toMatchObject([{ origin: forker.origin, seq: 6 }]);
      expect(strikesOf(device)).toEqual([]);
    }
  });
});
