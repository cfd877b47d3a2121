import { describe, expect, it } from 'vitest';
import { ENGINE_LIMITS } from '../../../protocol/engine/index.ts';
import { stateKey } from '../../../protocol/engine/state-keys.ts';
import type { Origin } from '../../../protocol/event/index.ts';
import { expectAgreement } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';

const SEGMENTS = 6;

/** Device 0 has a log of some segments, and device 1 receives all of it but the last range, which is lost. */
const halfReceived = async (seed: number, isHeld: MeshWorld['isHeld'] = () => false): Promise<MeshWorld> => {
  const world = await MeshWorld.create(2, seededRandom(seed));
  for (let i = 0; i < SEGMENTS; i += 1) {
    await world.write(0, update('shared', { i }), update(`own-${i}`, { i }));
    world.step(world.device(0), { type: 'seal', request: 1000 + i });
    await world.settle();
  }
  world.passing = (frame, from) =>
    frame.type === 'range' && from === world.device(0) && frame.follows === 'nothing' ? undefined : frame;
  world.isHeld = (task) => task.device === world.device(1) && isHeld(task);
  world.connect(0, 1);
  await world.settle();
  return world;
};

const savedOf = ({ state }: WorldDevice, origin: Origin): number =>
  Number(state.get(stateKey.applied(origin)) ?? 0);

/** How far a device's state follows the log of the first device. */
const progressOf = (world: MeshWorld) => {
  const { origin } = world.device(0);
  const device = world.device(1);
  return {
    applied: device.engine.replica.causality.applied(origin),
    saved: savedOf(device, origin),
    told: device.applied.filter((event) => event.origin === origin).length,
  };
};

describe('the state, while more records are on their way', () => {
  it('is committed after some of its records, and told of only then', async () => {
    const world = await halfReceived(1);
    const { applied, saved, told } = progressOf(world);
    expect(applied).toBeGreaterThan(0);
    expect(saved).toBeLessThan(applied);
    expect(told).toBe(saved);
  });

  it('is committed before long, whether the rest comes or not', async () => {
    const world = await halfReceived(1);
    const before = progressOf(world);
    await world.pass(ENGINE_LIMITS.stateDelayMs - 1);
    expect(progressOf(world)).toEqual(before);
    await world.pass(1);
    const { applied } = before;
    expect(progressOf(world)).toEqual({ applied, saved: applied, told: applied });
  });

  it('asks for no tick while a commit is under way, which has to end first', async () => {
    const world = await halfReceived(1, ({ type }) => type === 'commit');
    const { applied, saved } = progressOf(world);
    expect(applied).toBeGreaterThan(saved);
    const { timers } = world.device(1);
    await world.pass(ENGINE_LIMITS.stateDelayMs);
    const before = timers.length;
    for (let i = 0; i < 3; i += 1) await world.pass(1);
    expect(timers.slice(before).filter((atMs) => atMs <= world.nowMs)).toEqual([]);
  });

  it('is committed when nothing more is on its way', async () => {
    const world = await halfReceived(1);
    world.disconnect(0, 1);
    await world.settle();
    const { applied, saved, told } = progressOf(world);
    expect([saved, told]).toEqual([applied, applied]);
  });

  it('does not wait for the end of the time when a clock was set back', async () => {
    const world = await halfReceived(1);
    world.nowMs -= 3_600_000;
    world.step(world.device(1), { type: 'tick' });
    await world.settle();
    const { applied, saved } = progressOf(world);
    expect(saved).toBe(applied);
  });

  it.each([1, 2, 3, 4, 5])('follows from what is stored when power is lost, seed %i', async (seed) => {
    const world = await halfReceived(seed);
    await world.crash(1);
    world.passing = (frame) => frame;
    world.connect(0, 1);
    await world.pass(60_000);
    await expectAgreement(world);
  });

  it.each([1, 2, 3, 4, 5])('never leads the records that are stored, seed %i', async (seed) => {
    const world = await halfReceived(seed);
    world.passing = (frame) => frame;
    await world.pass(60_000);
    const stored = new Map<string, number>();
    let rows = 0;
    for (const { logs, state } of world.device(1).commits) {
      for (const { origin, firstSeq, records } of logs) stored.set(origin, firstSeq + records.length - 1);
      for (const [origin, length] of stored) {
        const row = state.find(({ key }) => key === stateKey.applied(origin as Origin));
        if (row === undefined) continue;
        rows += 1;
        expect(Number(row.row)).toBeLessThanOrEqual(length);
      }
    }
    expect(rows).toBeGreaterThan(0);
  });
});
