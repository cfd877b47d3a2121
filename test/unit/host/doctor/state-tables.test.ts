import { describe, expect, it } from 'vitest';
import { differenceOf, sumTables } from '../../../../node/host/doctor/state-tables.ts';
import { composeKey, rowKey } from '../../../../protocol/projection/index.ts';
import { SimDisk } from '../../../../simulations/disk/index.ts';
import { reunite } from '../../../support/agreement.ts';
import { update } from '../../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../../support/mesh-world.ts';

/** Devices that write at the same time, of which some are revoked or lose their role meanwhile. */
const busyWorld = async (seed: number): Promise<MeshWorld> => {
  const random = seededRandom(seed);
  const world = await MeshWorld.create(4, random, { role: 'admin' });
  await reunite(world, [0, 1, 2, 3], 1);
  for (let i = 0; i < 40; i += 1) {
    const number = Math.floor(random() * 4);
    const fields = { [`f${Math.floor(random() * 3)}`]: Math.floor(random() * 3) };
    // One that has been revoked meanwhile writes no more.
    await world.write(number, update(`e${Math.floor(random() * 4)}`, fields)).catch(() => []);
    await world.settle(Math.floor(random() * 12));
    if (i === 20) await world.revoke(1, 3, { [world.device(3).origin]: 3 }).catch(() => undefined);
    if (i === 30) await world.changeRole(0, 2, 'reader').catch(() => undefined);
  }
  await reunite(world, [0, 1, 2]);
  return world;
};

describe('sums of the derived state', () => {
  it.each([1, 2, 3, 4, 5, 6])('are equal on every replica, and after a rebuild (seed %i)', async (seed) => {
    const world = await busyWorld(seed);
    const [first, ...others] = await Promise.all(
      world.devices.slice(0, 3).map((device) => sumTables(device.state)),
    );
    expect(first?.size).toBeGreaterThan(6);
    expect(first?.get('control')?.rows).toBeGreaterThan(4);
    for (const other of others) expect(other).toEqual(first);
    const device = world.device(1);
    await device.state.clear();
    await world.reopen(1);
    await world.settle();
    expect(await sumTables(device.state)).toEqual(first);
  });
});

const stateOf = async (rows: Readonly<Record<string, object>>) => {
  const { state } = new SimDisk('sums');
  await state.write(Object.entries(rows).map(([key, row]) => ({ key, row: row as never })));
  return sumTables(state);
};

describe('a difference', () => {
  const key = rowKey('entity', 'a');

  it('is none between rows that differ in the order of their members alone', async () => {
    expect(
      differenceOf(await stateOf({ [key]: { a: 1, b: 2 } }), await stateOf({ [key]: { b: 2, a: 1 } })),
    ).toBe(undefined);
  });

  it('is none in what is of this run, or in how control events are numbered', async () => {
    const one = {
      [composeKey('meta')]: { a: 1 },
      [composeKey('control', '1')]: { x: 1 },
      [composeKey('control', '2')]: { y: 1 },
    };
    const two = {
      [composeKey('cursor', 'd')]: { b: 1 },
      [composeKey('control', '1')]: { y: 1 },
      [composeKey('control', '2')]: { x: 1 },
    };
    expect(differenceOf(await stateOf(one), await stateOf(two))).toBe(undefined);
  });

  it('names each index, and how many rows it has', async () => {
    const stored = await stateOf({ [key]: { a: 1 }, [rowKey('source', 'x')]: { a: 1 } });
    const rebuilt = await stateOf({ [key]: { a: 2 }, [rowKey('event', 'x')]: { a: 1 } });
    expect(differenceOf(stored, rebuilt)).toBe(
      'a row of the index "entity", 1 of 0 rows of the index "source", 0 of 1 rows of the index "event"',
    );
  });

  it('is one also where a key has moved', async () => {
    const stored = await stateOf({ [rowKey('entity', 'a')]: { a: 1 } });
    expect(differenceOf(stored, await stateOf({ [rowKey('entity', 'b')]: { a: 1 } }))).toBe(
      'a row of the index "entity"',
    );
  });
});
