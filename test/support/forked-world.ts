import { expect } from 'vitest';
import { frontierOf } from './agreement.ts';
import { update } from './drafts.ts';
import { MeshWorld, seededRandom, type WorldDevice } from './mesh-world.ts';
import { forksOf } from './replica-view.ts';
import { digestOf, strikesOf } from './world-answers.ts';
import type { DiskCopy } from './world-device.ts';

/** Number of the device that signs histories of its log which cannot all be true. */
export const FORKER = 3;

/** What the forker writes in one of its histories. */
export interface Branch {
  /** The device that takes it in. */
  readonly holder: number;
  /** Events, each commit of which is a head; `seal` closes the segment. */
  readonly events: readonly (number | 'seal')[];
  /** Of the events before, how many this history begins with; by default all. */
  readonly common?: number;
}

/**
 * A world of four devices, of which the last one has written `common` events that the first one holds. Then its
 * store is put back to an older state before each of the branches, which goes to one holder. Nobody is connected in
 * the end.
 */
export const forkedWorld = async (
  common: number,
  branches: readonly Branch[],
  seed = 1,
): Promise<{ readonly world: MeshWorld; readonly forker: WorldDevice }> => {
  const world = await MeshWorld.create(4, seededRandom(seed));
  const forker = world.device(FORKER);
  for (const other of [1, 2, FORKER]) world.connect(0, other);
  await world.settle();
  for (const other of [1, 2]) world.disconnect(0, other);
  const backups: DiskCopy[] = [];
  for (let i = 0; i < common; i += 1) {
    backups.push(forker.copy());
    await world.write(FORKER, update('e', { common: i }));
    await world.settle();
  }
  backups.push(forker.copy());
  world.disconnect(0, FORKER);
  for (const [i, branch] of branches.entries()) {
    const backup = backups[branch.common ?? common];
    if (backup === undefined) throw new RangeError(`branch ${i} begins with more than there was`);
    forker.restore(backup);
    await forker.open(world.space, world.genesis);
    world.step(forker, { type: 'tick' });
    await world.settle();
    await writeBranch(world, i, branch);
    world.connect(branch.holder, FORKER);
    await world.settle();
    world.disconnect(branch.holder, FORKER);
  }
  return { world, forker };
};

/** Expects devices to agree on one fork of a log, without holding anything against each other. */
export const expectOneFork = (
  devices: readonly WorldDevice[],
  { origin }: WorldDevice,
  seq: number,
): void => {
  for (const device of devices) {
    expect(forksOf(device.engine)).toEqual({ [origin]: seq });
    const entry = frontierOf(device).find((each) => each.origin === origin);
    expect(entry).toMatchObject({ frozen: true, seq: seq - 1 });
    expect(digestOf(device)).toBe(digestOf(devices[0] ?? device));
    expect(strikesOf(device)).toEqual([]);
  }
};

const writeBranch = async (world: MeshWorld, number: number, { events }: Branch): Promise<void> => {
  for (const event of events) {
    if (event === 'seal') world.step(world.device(FORKER), { type: 'seal', request: 1_000_000 });
    else await world.write(FORKER, update('e', { [`branch${number}`]: event }));
    await world.settle();
  }
};
