import { describe, expect, it } from 'vitest';
import { SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, WORLD_BEGIN_MS } from '../../support/mesh-world.ts';

describe('the timer of an engine', () => {
  it('is not set while nothing is due', async () => {
    const world = await MeshWorld.create(1, seededRandom(1));
    await world.write(0, update('e', { x: 1 }));
    world.step(world.device(0), { type: 'tick' });
    await world.settle();
    expect(world.device(0).timers).toEqual([]);
  });

  it('is set for anti-entropy when the first peer connects, half to one and a half of the mean later', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    world.connect(0, 1);
    world.connect(0, 2);
    await world.settle();
    const { timers } = world.device(0);
    expect(timers).toHaveLength(1);
    expect(timers[0]).toBeGreaterThanOrEqual(WORLD_BEGIN_MS + SYNC_LIMITS.antiEntropyMs / 2);
    expect(timers[0]).toBeLessThanOrEqual(WORLD_BEGIN_MS + SYNC_LIMITS.antiEntropyMs * 1.5);
  });

  it('is set earlier while a want is open, and back when it is answered', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    const reader = world.device(1);
    world.passing = (frame) => (frame.type === 'want' ? undefined : frame);
    world.connect(0, 1);
    await world.settle();
    expect(reader.timerMs).toBe(WORLD_BEGIN_MS + SYNC_LIMITS.wantTimeoutMs);
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(reader.timerMs).toBeGreaterThan(world.nowMs);
  });

  it('fires at its time, a little early or late, and is never set for the past', async () => {
    for (const off of [-1, 0, 1, 5000]) {
      const world = await MeshWorld.create(3, seededRandom(off + 2));
      world.connect(0, 1);
      world.connect(1, 2);
      await world.settle();
      world.passing = (frame, from) =>
        frame.type === 'range' && from === world.device(1) ? undefined : frame;
      for (let i = 0; i < 30; i += 1) {
        await world.write(0, update('e', { x: i }));
        await world.settle();
        const due = Math.min(...world.devices.map(({ timerMs }) => timerMs ?? Number.POSITIVE_INFINITY));
        expect(due).toBeGreaterThan(world.nowMs);
        await world.pass(Math.max(1, due + off - world.nowMs));
        for (const { timerMs } of world.devices)
          expect(timerMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(world.nowMs);
      }
    }
  });

  it('is not put off by a wall clock that is set back: the round begins when the timer fires', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    const before = world.bytes;
    world.nowMs -= 3_600_000;
    world.step(world.device(0), { type: 'tick' });
    await world.settle();
    expect(world.bytes).toBeGreaterThan(before);
    expect(world.device(0).timerMs).toBeLessThanOrEqual(world.nowMs + 1.5 * SYNC_LIMITS.antiEntropyMs);
  });

  it('stops when the last peer is gone', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    world.disconnect(0, 1);
    await world.pass(2 * SYNC_LIMITS.antiEntropyMs);
    expect(world.devices.map(({ timerMs }) => timerMs)).toEqual([undefined, undefined]);
  });

  it('goes round all peers', async () => {
    const world = await MeshWorld.create(4, seededRandom(1));
    for (const number of [1, 2, 3]) world.connect(0, number);
    await world.settle();
    await world.settle();
    const compared = new Set<string>();
    world.passing = (frame, from, to) => {
      if (frame.type === 'compare' && from === world.device(0)) compared.add(to.id);
      return frame;
    };
    for (let i = 0; i < 6; i += 1) {
      world.nowMs += 2 * SYNC_LIMITS.antiEntropyMs;
      world.step(world.device(0), { type: 'tick' });
      await world.settle();
    }
    expect(compared.size).toBe(3);
  });
});

describe('rounds of anti-entropy', () => {
  it('come to an end however they cross', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const world = await MeshWorld.create(2, seededRandom(seed));
      world.connect(0, 1);
      for (let i = 0; i < 5; i += 1) {
        // Frames are slower than the rounds are apart.
        await world.settle(seed % 4);
        await world.pass(2 * SYNC_LIMITS.antiEntropyMs, 1);
      }
      await world.settle();
      const [a, b] = world.devices;
      expect(b?.engine.replica.digest.toHex()).toBe(a?.engine.replica.digest.toHex());
    }
  });
});
