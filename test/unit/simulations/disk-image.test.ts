import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Commit, readEngineImage } from '../../../protocol/engine/index.ts';
import { SimDisk } from '../../../simulations/disk/index.ts';
import { digestOfView, foldNaively } from '../../../simulations/oracle/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { storedEvents } from '../../support/stored-history.ts';

/** The commits of a device that writes while others write, and meets them from time to time. */
const commitsOf = async (seed: number): Promise<readonly Commit[]> => {
  const random = seededRandom(seed);
  const world = await MeshWorld.create(3, random);
  await world.settle();
  for (let i = 0; i < 30; i += 1) {
    const number = Math.floor(random() * 3);
    const [a, b] = [number, (number + 1) % 3];
    if (world.isConnected(a, b)) world.disconnect(a, b);
    else world.connect(a, b);
    // One that has not heard of being a member yet writes nothing.
    await world.write(number, update('e', { [`f${i % 3}`]: i })).catch(() => []);
    await world.settle(Math.floor(random() * 30));
  }
  return world.device(1).commits;
};

test('after any power cut an engine starts from a state that its records make, or from none', async () => {
  let [kept, behind, thrown] = [0, 0, 0];
  const commits = await Promise.all([1, 2, 3].map(commitsOf));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(2),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      async (history, end, keptRecords, keptState) => {
        const all = commits[history] ?? [];
        const disk = new SimDisk('disk');
        for (const commit of all.slice(0, end % (all.length + 1))) {
          disk.write({ ...commit, reset: false, state: [] });
          if (commit.durable) disk.syncRecords();
          disk.write({ ...commit, logs: [], evidence: [] });
        }
        const choices = disk.unsynced + 1;
        disk.crash(keptRecords % choices, keptState % choices);

        const events = await storedEvents(disk.records);
        const { state, tails, changes, arrivals } = await readEngineImage(disk.records, disk.state);
        expect(Math.max(0, ...changes.values())).toBe(arrivals);
        expect([...changes.keys()].sort()).toEqual(tails.map(({ manifest }) => manifest.origin));
        if (state === undefined) {
          expect(await Array.fromAsync(disk.state.scan(''))).toEqual([]);
          if (events.length > 0) thrown += 1;
          return;
        }
        const applied = new Map(state.applied);
        const counted = events.filter(({ origin, seq }) => seq <= (applied.get(origin) ?? 0));
        expect(counted).toHaveLength([...applied.values()].reduce((sum, seq) => sum + seq, 0));
        expect(state.meta.digest).toBe(digestOfView(foldNaively(counted)));
        kept += 1;
        if (counted.length < events.length) behind += 1;
      },
    ),
    { numRuns: 300 },
  );
  // All of it has happened, or this would show nothing.
  expect(Math.min(kept, behind, thrown)).toBeGreaterThan(0);
}, 120_000);
