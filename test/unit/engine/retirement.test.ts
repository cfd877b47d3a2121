import { describe, expect, it } from 'vitest';
import { encodeManifest } from '../../../protocol/manifest/index.ts';
import { encodeFrame, encodeGossip, SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { expectAgreement, reunite } from '../../support/agreement.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { forksOf } from '../../support/replica-view.ts';
import { signRange } from '../../support/test-log.ts';
import { strikesOf, toldOf } from '../../support/world-answers.ts';
import { write } from '../../support/world-steps.ts';

const SEEDS = [1, 2, 3, 4];

const retiredOf = ({ engine }: WorldDevice) => [...engine.retired];

/** Two or more devices that hold the same, and are connected with the first. */
const together = async (seed: number, count = 2): Promise<MeshWorld> => {
  const world = await MeshWorld.create(count, seededRandom(seed));
  for (let i = 1; i < count; i += 1) world.connect(0, i);
  await world.settle();
  return world;
};

/** Device 1 has written three events that device 0 holds, and has been restored from a copy that has one of them. */
const restored = async (seed: number, count = 2): Promise<MeshWorld> => {
  const world = await together(seed, count);
  await write(world, 1, 1);
  await world.settle();
  const copy = world.device(1).copy();
  await write(world, 1, 2, 3);
  await world.settle();
  await world.restore(1, copy);
  await world.settle();
  return world;
};

describe('a log of which this device has signed more than it holds', () => {
  it('is never written to, as its marker says (behind), and comes back from others', async () => {
    const world = await restored(1);
    const device = world.device(1);
    const before = device.origin;
    device.retired.set(before, 'behind');
    await world.reopen(1);
    expect(toldOf(device, 'log-retired')).toEqual([
      { type: 'log-retired', origin: before, reason: 'behind' },
    ]);
    await expect(write(world, 1, 4)).rejects.toMatchObject({ code: 'log_retired' });
    world.goOn(1);
    await write(world, 1, 'new');
    await reunite(world);
    await expectAgreement(world);
    expect(device.engine.replica.causality.applied(before)).toBe(3);
    expect(forksOf(device.engine)).toEqual({});
  });

  it.each(SEEDS)('is retired when a peer sends what is missing (ahead, seed %i)', async (seed) => {
    const world = await restored(seed);
    const device = world.device(1);
    const before = device.origin;
    expect(retiredOf(device)).toEqual([]);
    world.connect(0, 1);
    await world.settle();
    expect(retiredOf(device)).toEqual([[before, 'ahead']]);
    expect(toldOf(device, 'log-retired')).toHaveLength(1);
    await expect(write(world, 1, 4)).rejects.toMatchObject({ code: 'log_retired' });
    world.goOn(1);
    expect(device.engine.main).toBe(device.origin);
    await write(world, 1, 4);
    await reunite(world);
    await expectAgreement(world);
    expect(forksOf(device.engine)).toEqual({});
  });

  it('is retired by a head that gossip brings, before any record has come', async () => {
    const world = await restored(1);
    const device = world.device(1);
    const [head] = await world.device(0).records.manifests(device.origin);
    if (head === undefined) throw new Error('nothing is held');
    const message = encodeGossip({ manifests: [encodeManifest(head)], evidence: [] });
    world.step(device, { type: 'gossip', request: 1, peer: world.device(0).id, message });
    expect(retiredOf(device)).toEqual([[device.origin, 'ahead']]);
  });

  it('is not retired by the word of a peer alone', async () => {
    const world = await together(1);
    const device = world.device(1);
    await write(world, 1, 1);
    await world.settle();
    world.disconnect(0, 1);
    world.passing = (frame, from) => {
      if (from !== world.device(0) || frame.type !== 'node' || frame.content.type !== 'entries') return frame;
      const entries = frame.content.entries.map((entry) => ({ ...entry, events: 9, seq: 9 }));
      return { ...frame, content: { ...frame.content, entries } };
    };
    await write(world, 1, 2);
    for (const number of [0, 1]) await world.device(number).state.clear();
    for (const number of [0, 1]) await world.reopen(number);
    world.connect(0, 1);
    await world.settle();
    expect(retiredOf(device)).toEqual([]);
    await write(world, 1, 3);
  });

  it.each(SEEDS)(
    'is retired by what it has signed itself, though the records do not fit (seed %i)',
    async (seed) => {
      const world = await restored(seed);
      const device = world.device(1);
      // It goes on without having met anybody, and so signs a second history.
      await write(world, 1, 'other');
      await world.settle();
      expect(retiredOf(device)).toEqual([]);
      world.connect(0, 1);
      await world.settle();
      expect(retiredOf(device).map(([origin]) => origin)).toEqual([device.origin]);
      await expect(write(world, 1, 'more')).rejects.toMatchObject({ code: 'log_retired' });
    },
  );

  it.each([false, true])(
    'may have grown since it was asked for: nobody is at fault (sealed: %s)',
    async (isSealed) => {
      const world = await restored(1);
      const device = world.device(1);
      world.isHeld = ({ type }) => type === 'read-range';
      world.connect(0, 1);
      await world.settle();
      await write(world, 1, 'meanwhile');
      if (isSealed) world.step(device, { type: 'seal', request: 900 });
      world.isHeld = () => false;
      await world.settle();
      expect(strikesOf(device)).toEqual([]);
      expect(retiredOf(device).map(([origin]) => origin)).toEqual([device.origin]);
    },
  );

  it('is sealed no more, and what was appended to it before is signed', async () => {
    const world = await restored(1);
    const device = world.device(1);
    world.connect(0, 1);
    await world.settle();
    const manifests = await device.records.manifests(device.origin);
    world.step(device, { type: 'seal', request: 900 });
    await world.settle();
    expect(await device.records.manifests(device.origin)).toEqual(manifests);
    expect(device.answers).toContainEqual({ type: 'sealed', request: 900, manifests: [] });
  });

  it('may be one that is not the main log: that one goes on', async () => {
    const world = await restored(1);
    const device = world.device(1);
    const before = device.origin;
    world.goOn(1);
    await write(world, 1, 'new');
    world.connect(0, 1);
    await world.settle();
    expect(retiredOf(device)).toEqual([[before, 'ahead']]);
    await write(world, 1, 'newer');
    await reunite(world);
    await expectAgreement(world);
  });

  it('cannot be gone on under, nor one of another device', async () => {
    const world = await restored(1);
    const device = world.device(1);
    world.connect(0, 1);
    await world.settle();
    const goOnUnder = (origin: typeof device.origin) => world.step(device, { type: 'continue', origin });
    expect(() => goOnUnder(device.origin)).toThrow(expect.objectContaining({ code: 'log_retired' }));
    expect(() => goOnUnder(world.device(0).origin)).toThrow(expect.objectContaining({ code: 'not_own_log' }));
    expect(device.engine.main).toBe(device.origin);
  });
});

describe('a log that waits for what is lost', () => {
  it('is retired when the state has been made anew: the device goes on in another (waiting)', async () => {
    const world = await together(1, 3);
    const [device, lost] = [world.device(1), world.device(2).origin];
    await write(world, 2, 'seen');
    await world.settle();
    await write(world, 1, 'after');
    await world.settle();
    device.disk.damage({ origin: lost, segment: 0 });
    await device.state.clear();
    await world.reopen(1);
    await world.settle();
    expect(retiredOf(device)).toEqual([[device.origin, 'waiting']]);
    expect([...device.engine.waiting()]).toContainEqual({
      place: { origin: device.origin, seq: 1 },
      waitsFor: { origin: lost, seq: 1 },
    });
    world.goOn(1);
    await write(world, 1, 'on');
  });

  it('is retired as well when it is a record of its own that cannot be read', async () => {
    const world = await together(1);
    const device = world.device(1);
    world.disconnect(0, 1);
    await write(world, 1, 1, 2);
    await world.settle();
    device.disk.damage({ origin: device.origin, segment: 0 });
    await device.state.clear();
    await world.reopen(1);
    await world.settle();
    expect(retiredOf(device)).toEqual([[device.origin, 'waiting']]);
    world.goOn(1);
    await write(world, 1, 'on');
  });

  it('is not when what it waits for can be read', async () => {
    const world = await together(1, 3);
    const device = world.device(1);
    await write(world, 2, 'seen');
    await world.settle();
    await write(world, 1, 'after');
    await world.settle();
    await device.state.clear();
    await world.reopen(1);
    await world.settle();
    expect(retiredOf(device)).toEqual([]);
    await write(world, 1, 'on');
  });
});

describe('the clock under a new log', () => {
  it('goes on: what is written there comes after what was written before', async () => {
    const world = await together(1);
    const [last] = await write(world, 1, 1);
    world.nowMs -= 3_600_000;
    world.goOn(1);
    const [first] = await write(world, 1, 2);
    expect(first?.timestamp).toBeGreaterThan(last?.timestamp ?? Number.POSITIVE_INFINITY);
  });

  it('goes on where the device is opened under it at once', async () => {
    const world = await together(1);
    const device = world.device(1);
    const [last] = await write(world, 1, 1);
    await world.settle();
    world.nowMs -= 3_600_000;
    device.origin = device.nextOrigin();
    await world.reopen(1);
    const [first] = await write(world, 1, 2);
    expect(first?.timestamp).toBeGreaterThan(last?.timestamp ?? Number.POSITIVE_INFINITY);
  });
});

describe('own logs are checked', () => {
  const isChecked = (world: MeshWorld, number = 1): boolean => world.device(number).engine.ownLogsChecked;

  it('not while nobody has been met, and as soon as one peer has been compared with', async () => {
    const world = await together(1);
    await world.reopen(1);
    expect(isChecked(world)).toBe(false);
    world.isHeld = () => true;
    world.connect(0, 1);
    expect(isChecked(world)).toBe(false);
    world.isHeld = () => false;
    await world.settle();
    expect(isChecked(world)).toBe(true);
    // It stays so: whoever comes later and knows more says so before anything is taken from it.
    world.disconnect(0, 1);
    expect(isChecked(world)).toBe(true);
  });

  it('not while a peer says that it holds more, until that has come and the log is retired', async () => {
    const world = await restored(1);
    world.isHeld = ({ type }) => type === 'read-range';
    world.connect(0, 1);
    await world.settle();
    expect(isChecked(world)).toBe(false);
    world.isHeld = () => false;
    await world.settle();
    expect(retiredOf(world.device(1))).toHaveLength(1);
    expect(isChecked(world)).toBe(true);
  });

  it('not by one peer of several while another one says that it holds more', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    for (const number of [1, 2]) world.connect(0, number);
    await world.settle();
    await write(world, 1, 1);
    await world.settle();
    const copy = world.device(1).copy();
    world.disconnect(0, 2);
    await write(world, 1, 2);
    await world.settle();
    await world.restore(1, copy);
    world.isHeld = ({ type }) => type === 'read-range';
    world.connect(1, 2);
    await world.settle();
    // Device 2 knows of no more than the copy has, and it is all that was met.
    expect(isChecked(world)).toBe(true);
    world.connect(0, 1);
    await world.settle();
    expect(isChecked(world)).toBe(false);
    world.isHeld = () => false;
    await world.settle();
    expect(isChecked(world)).toBe(true);
  });

  it('not by a peer that says so and never sends it, even when it is gone', async () => {
    const world = await restored(1);
    world.passing = (frame, from) => (frame.type === 'range' && from === world.device(0) ? undefined : frame);
    world.connect(0, 1);
    await world.settle();
    expect(isChecked(world)).toBe(false);
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(isChecked(world)).toBe(false);
    world.disconnect(0, 1);
    expect(isChecked(world)).toBe(false);
  });

  it.each<[string, SyncFrame]>([
    ['ends the session', { type: 'fault', code: 'past_limit', message: '' }],
    ['breaks the protocol', { type: 'look', paths: [''] }],
  ])('not by a peer that says so and %s before it has sent it', async (_, ending) => {
    const world = await restored(1);
    const device = world.device(1);
    world.isHeld = ({ type }) => type === 'read-range';
    world.connect(0, 1);
    await world.settle();
    world.step(device, { type: 'frame', peer: world.device(0).id, frame: encodeFrame(ending) });
    expect(isChecked(world)).toBe(false);
    world.disconnect(0, 1);
    expect(isChecked(world)).toBe(false);
  });

  it('by a peer that holds another history of the same length as soon as that is proved, and not before', async () => {
    const world = await restored(1);
    const device = world.device(1);
    await write(world, 1, 'other 2', 'other 3');
    await world.settle();
    world.passing = (frame) => (frame.type === 'ask' ? undefined : frame);
    world.connect(0, 1);
    await world.settle();
    expect([retiredOf(device), isChecked(world)]).toEqual([[], false]);
    world.disconnect(0, 1);
    world.passing = (frame) => frame;
    world.connect(0, 1);
    await world.settle();
    expect([retiredOf(device), isChecked(world)]).toEqual([[[device.origin, 'forked']], true]);
  });
});

describe('heads of logs of this device that it has never used', () => {
  it('retire nothing: there is nothing to go on with', async () => {
    const world = await together(1);
    const device = world.device(1);
    const origin = device.nextOrigin();
    const { manifest } = signRange({ signer: device.signer, origin, space: world.space }, undefined, [
      Uint8Array.of(0, 1),
    ]);
    const message = encodeGossip({ manifests: [encodeManifest(manifest)], evidence: [] });
    world.step(device, { type: 'gossip', request: 1, peer: world.device(0).id, message });
    expect(device.verdicts.at(-1)?.verdict).toBe('accept');
    expect(retiredOf(device)).toEqual([]);
  });
});
