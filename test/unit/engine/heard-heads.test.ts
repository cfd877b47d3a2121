import { describe, expect, it } from 'vitest';
import { GOSSIP_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { headOf, heardBy, judge, messageOf } from '../../support/gossip-rig.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { digestsIn } from '../../support/world-answers.ts';

/** A want on its way. */
interface Wanted {
  readonly from: WorldDevice;
  readonly to: WorldDevice;
  readonly frame: SyncFrame;
}

describe('a head that was heard of', () => {
  /** Device 1 stands between 0 and 2, which are connected too, but no push of 0 reaches 2. */
  const bridged = async (): Promise<{ readonly world: MeshWorld; readonly wants: Wanted[] }> => {
    const world = await MeshWorld.create(3, seededRandom(2));
    await world.addAbsent();
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [0, 2],
    ] as const)
      world.connect(a, b);
    await world.settle();
    const wants: Wanted[] = [];
    world.gossiping = (message) => message;
    world.passing = (frame, from, to) => {
      if (frame.type === 'want') wants.push({ from, to, frame });
      return frame.type === 'frontier' && from === world.device(0) ? undefined : frame;
    };
    return { world, wants };
  };

  it('is asked for at once of the device that signed it, if that is connected', async () => {
    const { world, wants } = await bridged();
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    expect(wants).toEqual([]);
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(wants.every(({ to }) => to === world.device(0))).toBe(true);
    expect(digestsIn(world).size).toBe(1);
    for (const device of world.devices) expect(heardBy(device)).toEqual([]);
  });

  it('is not asked of whoever passed it on, who has just heard of it too', async () => {
    const { world, wants } = await bridged();
    world.disconnect(0, 2);
    world.isHeld = ({ type, device }) => type === 'commit' && device === world.device(1);
    await world.write(0, update('e', { x: 1 }));
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(heardBy(world.device(2))).toEqual([[world.device(0).origin, 5]]);
    expect(wants.filter(({ from }) => from === world.device(2))).toEqual([]);
    // When it holds the records it says so, and is asked.
    world.isHeld = () => false;
    await world.rest();
    expect(digestsIn(world).size).toBe(1);
  });

  it('that its writer does not send is no dispute, and is asked for once', async () => {
    const { world, wants } = await bridged();
    const [writer, reader] = [world.device(0), world.device(2)];
    judge(world, 2, messageOf(headOf(world, writer, 9)));
    await world.settle();
    expect(wants.map(({ from, to }) => [from.id, to.id])).toEqual([[reader.id, writer.id]]);
    for (const { disputed } of reader.engine.peers()) expect([...disputed]).toEqual([]);
    await world.pass(60_000);
    expect(wants).toHaveLength(1);
    // It still is asked for what it has.
    world.passing = (frame) => frame;
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
  });

  it('of this device itself, which it does not hold, is passed on and asked of nobody', async () => {
    const { world, wants } = await bridged();
    const device = world.device(0);
    expect(judge(world, 0, messageOf(headOf(world, device, 50)))).toMatchObject({ verdict: 'accept' });
    await world.settle();
    expect(wants).toEqual([]);
  });
});
