import { describe, expect, it } from 'vitest';
import { digestOfView, foldNaively } from '../../../simulations/oracle/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { storedEvents } from '../../support/stored-history.ts';

/**
 * Device 1 has taken in one history of device 2, of which a power cut left it the state alone; so it threw the state
 * away. Since then it has taken in the other history, just as long, and written something, which made that durable.
 */
const afterFirstCut = async (): Promise<MeshWorld> => {
  const world = await MeshWorld.create(3, seededRandom(1));
  for (const number of [1, 2]) world.connect(0, number);
  await world.settle();
  for (const number of [1, 2]) world.disconnect(0, number);
  const { disk } = world.device(1);
  const copy = world.device(2).copy();
  disk.sync();
  const hear = async (value: string): Promise<void> => {
    await world.write(2, update('e', { value }));
    world.connect(1, 2);
    await world.settle();
    world.disconnect(1, 2);
  };
  await hear('first');
  disk.crash(0, disk.unsynced);
  await world.reopen(1);
  await world.settle();
  await world.restore(2, copy);
  await hear('second');
  await world.write(1, update('f', { value: 'own' }));
  await world.settle();
  return world;
};

/** Opens device 1 again, and compares its state with the events that it holds. */
const expectSound = async (world: MeshWorld): Promise<void> => {
  await world.reopen(1);
  await world.settle();
  const { engine, records } = world.device(1);
  const digest = digestOfView(foldNaively(await storedEvents(records)));
  expect(engine.replica.digest.toHex()).toBe(digest);
};

describe('a state that was thrown away, for the records that it counted are lost', () => {
  it('stays away after a second power cut that takes nothing', async () => {
    const world = await afterFirstCut();
    const { disk } = world.device(1);
    disk.crash(disk.unsynced, disk.unsynced);
    await expectSound(world);
  });

  it('stays away after one that takes all that was written to the state since', async () => {
    const world = await afterFirstCut();
    const { disk } = world.device(1);
    disk.crash(disk.unsynced, 0);
    await expectSound(world);
  });
});
