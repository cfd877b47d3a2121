import { describe, expect, it, vi } from 'vitest';
import { ENGINE_LIMITS } from '../../../protocol/engine/index.ts';
import { expectAgreement } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';

/** So few that a handful of events takes several turns. */
vi.mock(import('../../../protocol/engine/limits.ts'), async (original) => {
  const { ENGINE_LIMITS: real } = await original();
  const small = { appliedAtOnceMax: 4, unappliedMax: 8 };
  return { ENGINE_LIMITS: { ...real, ...small } as unknown as typeof real };
});

const SEEDS = [1, 2, 3, 4, 5];

const EVENTS = 60;

const appliedBy = ({ engine }: WorldDevice): number => engine.replica.appliedCount;

const storedBy = ({ engine }: WorldDevice): number =>
  [...engine.frontier()].reduce((events, { seq }) => events + seq, 0);

/** Device 0 has written, and device 1 is about to get all of it. */
const aboutToReceive = async (seed: number, bytes = 10): Promise<MeshWorld> => {
  const world = await MeshWorld.create(2, seededRandom(seed));
  for (let n = 0; n < EVENTS; n += 1) await world.write(0, update(`e${n}`, { pad: 'x'.repeat(bytes) }));
  world.connect(0, 1);
  return world;
};

/** How many events each step of a device applies. */
const watchSteps = (world: MeshWorld, device: WorldDevice): number[] => {
  const counts: number[] = [];
  const step = world.step.bind(world);
  world.step = (stepped, input) => {
    const before = appliedBy(device);
    step(stepped, input);
    if (stepped === device && appliedBy(device) > before) counts.push(appliedBy(device) - before);
  };
  return counts;
};

/** Runs until a device holds far more than it has applied. */
const untilBehind = async (world: MeshWorld, device: WorldDevice): Promise<void> => {
  while (storedBy(device) - appliedBy(device) < EVENTS / 2) await world.settle(1);
};

describe('many events that come together', () => {
  it.each(SEEDS)('are applied a few in each step, and all in the end (seed %i)', async (seed) => {
    const world = await aboutToReceive(seed);
    const counts = watchSteps(world, world.device(1));
    await world.settle();
    await expectAgreement(world);
    expect(appliedBy(world.device(1))).toBeGreaterThan(EVENTS);
    expect(Math.max(...counts)).toBe(ENGINE_LIMITS.appliedAtOnceMax);
  });

  it.each(SEEDS)('are applied a few in each step also when they are read back (seed %i)', async (seed) => {
    const world = await aboutToReceive(seed);
    await world.settle();
    await world.forget(1);
    const counts = watchSteps(world, world.device(1));
    await world.settle();
    expect(world.device(1).engine.rebuilding).toBeUndefined();
    world.connect(0, 1);
    await world.settle();
    await expectAgreement(world);
    expect(Math.max(...counts)).toBe(ENGINE_LIMITS.appliedAtOnceMax);
  });

  it('do not hold up what the device itself writes: that is shown when it is answered', async () => {
    const world = await aboutToReceive(1);
    const device = world.device(1);
    await untilBehind(world, device);
    const before = appliedBy(device);
    await world.write(1, ...[1, 2, 3, 4, 5, 6].map((n) => update(`mine${n}`, { n })));
    expect(device.engine.replica.causality.applied(device.origin)).toBe(6);
    expect(before).toBeLessThan(EVENTS / 2 + 2);
    await world.settle();
    await expectAgreement(world);
  });

  it('may stop anywhere: what was not applied is taken up by the next start', async () => {
    const world = await aboutToReceive(1);
    await untilBehind(world, world.device(1));
    await world.reopen(1);
    await world.settle();
    expect(appliedBy(world.device(1))).toBeGreaterThan(0);
    world.connect(0, 1);
    await world.settle();
    await expectAgreement(world);
  });

  it('are given credit for when few are left to apply', async () => {
    const world = await aboutToReceive(1, 20_000);
    const device = world.device(1);
    const behind: number[] = [];
    world.passing = (frame, from) => {
      if (frame.type === 'credit' && from === device) behind.push(storedBy(device) - appliedBy(device));
      return frame;
    };
    await world.settle();
    await expectAgreement(world);
    expect(behind.length).toBeGreaterThan(0);
    expect(Math.max(...behind)).toBeLessThanOrEqual(ENGINE_LIMITS.unappliedMax);
  });
});
