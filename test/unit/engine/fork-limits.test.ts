import { describe, expect, it } from 'vitest';
import { base32 } from '../../../protocol/bytes/index.ts';
import { ForkBook } from '../../../protocol/engine/forks.ts';
import { ENGINE_LIMITS } from '../../../protocol/engine/index.ts';
import { makeOrigin } from '../../../protocol/event/index.ts';
import { buildEvidence, encodeEvidence } from '../../../protocol/evidence/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { forkedRecords, signSegment } from '../../support/forked-log.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { TEST_SPACE, testLog } from '../../support/test-log.ts';
import { give } from '../../support/world-steps.ts';

describe('forks that are kept in mind', () => {
  /** Proofs that a device nobody knows has signed two histories of each of its logs. */
  const proofsBy = (world: MeshWorld, number: number, count: number, common = 1): readonly Uint8Array[] => {
    const { signer } = world.device(number);
    const [first, second] = forkedRecords(common, 2, 3);
    return Array.from({ length: count }, (_, i) => {
      const origin = makeOrigin(signer.device, base32.encode(Uint8Array.of(9, 9, 9, i >> 8, i & 255)));
      const log = { signer, origin, space: world.space };
      const sides = [signSegment(log, undefined, first), signSegment(log, undefined, second)] as const;
      const evidence = buildEvidence(portableCrypto, world.space, ...sides);
      if (!evidence.ok) throw new Error(evidence.fault.message);
      return encodeEvidence(evidence.value);
    });
  };

  it('of devices that are not known are few, and one more of a device that is known is taken', async () => {
    const world = await MeshWorld.create(3, seededRandom(1), { members: 2 });
    const { engine } = world.device(0);
    const strange = proofsBy(world, 2, ENGINE_LIMITS.strangeForksMax + 1);
    for (const evidence of strange) give(world, 0, evidence);
    expect([...engine.forks()]).toHaveLength(ENGINE_LIMITS.strangeForksMax);
    for (const evidence of proofsBy(world, 1, 1)) give(world, 0, evidence);
    expect([...engine.forks()]).toHaveLength(ENGINE_LIMITS.strangeForksMax + 1);
    // As soon as the device is known, its logs are no strange ones any more.
    await world.add(2);
    for (const evidence of strange) give(world, 0, evidence);
    expect([...engine.forks()]).toHaveLength(ENGINE_LIMITS.strangeForksMax + 2);
  });

  it('are told a few at a time, the next ones when the other device has said something, and all in the end', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    // Nothing of them counts, so nothing of them need be held to tell that they are forked.
    for (const evidence of proofsBy(world, 2, 3 * SYNC_LIMITS.proofsAtATime, 0)) give(world, 0, evidence);
    await world.settle();
    const [teller, listener] = [world.device(0), world.device(1)];
    let sent = 0;
    let most = 0;
    world.passing = (frame, from) => {
      if (from === teller && frame.type === 'evidence') sent += 1;
      most = Math.max(most, sent);
      return frame;
    };
    world.arriving = (_, from) => {
      if (from === listener) sent = 0;
    };
    world.connect(0, 1);
    await world.settle();
    expect(most).toBe(SYNC_LIMITS.proofsAtATime);
    expect([...listener.engine.forks()]).toHaveLength(3 * SYNC_LIMITS.proofsAtATime);
  });

  it('are no more than there is room for, and an earlier fork of one that is known always has some', () => {
    const book = new ForkBook(portableCrypto, TEST_SPACE, []);
    const logOf = (i: number) =>
      makeOrigin(testLog().signer.device, base32.encode(Uint8Array.of(1, 1, 1, i >> 8, i & 255)));
    for (let i = 0; i < ENGINE_LIMITS.forksMax; i += 1) {
      expect(book.hasRoom(logOf(i), () => true)).toBe(true);
      book.keep({ origin: logOf(i), seq: 2, evidence: new Uint8Array() });
    }
    expect(book.hasRoom(logOf(ENGINE_LIMITS.forksMax), () => true)).toBe(false);
    expect(book.hasRoom(logOf(0), () => true)).toBe(true);
  });
});
