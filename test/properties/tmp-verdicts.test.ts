import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineEffect } from '../../protocol/engine/index.ts';
import { expectAgreement, reunite } from '../support/agreement.ts';
import { MeshWorld, seededRandom } from '../support/mesh-world.ts';
import { VerdictScript, verdictStep } from '../support/verdict-script.ts';

/** What nobody may get from an honest device, or one that was only put back to a copy of its disk. */
const BLAME: readonly EngineEffect['type'][] = ['strike', 'disconnect'];

test('whoever is revoked, demoted or forked, in whatever order it is learnt, all devices end with what the definitions say', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.array(verdictStep, { maxLength: 60, size: 'max' }),
      fc.nat(),
      fc.boolean(),
      async (count, script, seed, hasGossip) => {
        const random = seededRandom(seed);
        const world = await MeshWorld.create(count, random, { role: 'admin' });
        if (hasGossip) world.gossiping = (message) => (random() < 0.3 ? undefined : message);
        const run = new VerdictScript(world);
        for (const step of script) await run.run(step);
        await reunite(world, undefined, 8);
        await expectAgreement(world);
        for (const { answers } of world.devices) {
          expect(answers.filter(({ type }) => BLAME.includes(type))).toEqual([]);
        }
      },
    ),
    { numRuns: 800 },
  );
}, 900_000);
