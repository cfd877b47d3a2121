import { describe, expect, it } from 'vitest';
import { STRIKE_LIMITS } from '../../../protocol/engine/index.ts';
import { SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { expectAgreement } from '../../support/agreement.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { toldOf } from '../../support/world-answers.ts';

type Frontier = Extract<SyncFrame, { type: 'frontier' }>;

/** A world whose devices are connected as a line and equal, and what they send from now on. */
const lineOf = async (count: number) => {
  const world = await MeshWorld.create(count, seededRandom(1));
  for (let number = 1; number < count; number += 1) world.connect(number - 1, number);
  await world.write(0, update('e', { x: 1 }));
  await world.settle();
  await expectAgreement(world);
  const sent: SyncFrame[] = [];
  world.passing = (frame) => {
    sent.push(frame);
    return frame;
  };
  const wants = () => sent.filter(({ type }) => type === 'want').length;
  const brought = () =>
    sent.filter((frame) => frame.type === 'frontier' && frame.brought !== undefined).length;
  return { world, sent, wants, brought };
};

/** Has device 0 spoil the records that it brings to device 1. */
const spoil = (world: MeshWorld): void => {
  world.passing = (frame, from, to) => {
    if (
      from !== world.device(0) ||
      to !== world.device(1) ||
      frame.type !== 'frontier' ||
      frame.brought === undefined
    )
      return frame;
    const records = frame.brought.records.map((record) => record.with(-1, 0));
    return { ...frame, brought: { ...frame.brought, records } } satisfies Frontier;
  };
};

describe('what a device has written just now', () => {
  it('comes with the news of it, and nobody asks for it', async () => {
    const { world, wants, brought } = await lineOf(2);
    await world.write(0, update('e', { x: 2 }));
    await world.settle();
    await world.write(1, update('e', { x: 3 }), update('e', { y: 1 }));
    await world.settle();
    await expectAgreement(world);
    expect([wants(), brought()]).toEqual([0, 2]);
  });

  it('comes with the news also where it is a seal alone, or follows one', async () => {
    const { world, wants, brought } = await lineOf(2);
    world.step(world.device(0), { type: 'seal', request: 1 });
    await world.settle();
    await world.write(0, update('e', { x: 2 }));
    await world.settle();
    expect([wants(), brought()]).toEqual([0, 2]);
    await expectAgreement(world);
  });

  it('is asked for where it is much', async () => {
    const { world, wants, brought } = await lineOf(2);
    await world.write(0, update('e', { x: 'long '.repeat(SYNC_LIMITS.broughtBytesMax / 5) }));
    await world.settle();
    await expectAgreement(world);
    expect([wants(), brought()]).toEqual([1, 0]);
  });

  it('is asked for by a device that lacks what comes before it', async () => {
    const { world, wants, brought } = await lineOf(2);
    world.disconnect(0, 1);
    await world.write(0, update('e', { x: 2 }));
    await world.settle();
    world.connect(0, 1);
    await world.write(0, update('e', { x: 3 }));
    await world.settle();
    await expectAgreement(world);
    expect(brought()).toBe(0);
    expect(wants()).toBeGreaterThan(0);
  });

  it('is passed on to others when they ask for it', async () => {
    const { world, wants, brought } = await lineOf(3);
    await world.write(0, update('e', { x: 2 }));
    await world.settle();
    await expectAgreement(world);
    expect([wants(), brought()]).toEqual([1, 1]);
  });

  it('is not believed when it is not what was signed, and comes from another device', async () => {
    const { world } = await lineOf(3);
    world.connect(0, 2);
    await world.settle();
    spoil(world);
    await world.write(0, update('e', { x: 2 }));
    await world.rest();
    expect(toldOf(world.device(1), 'strike')).toMatchObject([
      { peer: world.device(0).id, fault: { code: 'false_claim' }, strikes: 1 },
    ]);
    await expectAgreement(world);
  });

  it('is not taken from a device that is asked for nothing', async () => {
    const { world } = await lineOf(2);
    spoil(world);
    for (let strikes = 0; strikes < STRIKE_LIMITS.strikesMax; strikes += 1) {
      await world.write(0, update('e', { x: 2 }));
      await world.settle();
      world.disconnect(0, 1);
      await world.settle();
      world.connect(0, 1);
      await world.settle();
    }
    expect(toldOf(world.device(1), 'strike')).toHaveLength(STRIKE_LIMITS.strikesMax);
    world.passing = (frame) => frame;
    const before = world.device(1).engine.replica.appliedCount;
    await world.write(0, update('e', { x: 3 }));
    await world.settle();
    expect(world.device(1).engine.replica.appliedCount).toBe(before);
  });
});
