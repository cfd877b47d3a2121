import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Origin } from '../../protocol/event/index.ts';
import { reunite } from '../support/agreement.ts';
import { FORKER, forkedWorld } from '../support/forked-world.ts';
import { forkOf, HeldHistory } from '../support/held-history.ts';
import type { WorldDevice } from '../support/mesh-world.ts';
import { TEST_SPACE } from '../support/test-log.ts';

const branch = (common: number) =>
  fc.record({
    holder: fc.nat(2),
    events: fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(9) }, fc.constant('seal' as const)), {
      maxLength: 5,
    }),
    common: fc.nat(common),
  });

const history = fc.integer({ min: 1, max: 6 }).chain((common) =>
  fc.record({
    common: fc.constant(common),
    branches: fc.array(branch(common), { minLength: 1, maxLength: 4 }),
    seed: fc.nat(),
  }),
);

/** What a device's store holds of a log. */
const heldBy = async ({ records }: WorldDevice, origin: Origin): Promise<HeldHistory> => {
  const held = new HeldHistory();
  held.manifests.push(...(await records.manifests(origin)));
  held.records.push(...(await records.records(origin, 1, 10_000)));
  return held;
};

/** Where histories of a log part first, from the records that devices hold and the forks that they know. */
const firstFork = async (
  devices: readonly WorldDevice[],
  forker: WorldDevice,
): Promise<number | undefined> => {
  const { origin, signer } = forker;
  const held = await Promise.all(devices.map((device) => heldBy(device, origin)));
  const parted = held.flatMap((a, i) =>
    held.slice(i + 1).flatMap((b) => forkOf({ origin, signer, space: TEST_SPACE }, a, b) ?? []),
  );
  const known = devices.flatMap(({ engine }) => [...engine.forks()].map(({ seq }) => seq));
  const all = [...parted, ...known];
  return all.length === 0 ? undefined : Math.min(...all);
};

test('whatever histories a device has signed, all who meet agree on the first place where two of them part', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ common, branches, seed }) => {
      const { world, forker } = await forkedWorld(common, branches, seed);
      const { devices } = world;
      const expected = await firstFork(devices, forker);
      await reunite(world);
      for (const device of devices) {
        const known = [...device.engine.forks()].map(({ seq }) => seq);
        expect(known).toEqual(expected === undefined ? [] : [expected]);
        const [ours, theirs] = [device, world.device(0)].map(({ engine }) => [
          engine.replica.digest.toHex(),
          [...engine.frontier()].map(({ origin, seq, frozen }) => `${origin} ${seq} ${frozen}`).sort(),
        ]);
        expect(ours).toEqual(theirs);
        expect(device.answers.filter(({ type }) => type === 'strike')).toEqual([]);
      }
      const isFrozen = [...forker.engine.frontier()].some(({ frozen }) => frozen);
      expect(isFrozen).toBe(expected !== undefined);
      expect(world.device(FORKER)).toBe(forker);
    }),
    { numRuns: 60 },
  );
}, 240_000);
