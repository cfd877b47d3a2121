import { describe, expect, it } from 'vitest';
import { decodeGossip, encodeGossip, GOSSIP_LIMITS } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { forkOf, manyLogs } from '../../support/gossip-rig.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';

describe('what a device publishes', () => {
  const published: Uint8Array[] = [];
  const listening = async (count = 2): Promise<MeshWorld> => {
    published.length = 0;
    const world = await MeshWorld.create(count, seededRandom(3));
    await world.addAbsent();
    for (let i = 1; i < count; i += 1) world.connect(0, i);
    await world.settle();
    world.gossiping = (message, from) => {
      if (from === world.device(0)) published.push(message);
      return undefined;
    };
    return world;
  };
  const positions = () =>
    published.map((bytes) => {
      const message = decodeGossip(bytes);
      if (!message.ok) throw new Error(message.fault.message);
      return message.value.manifests.map((manifest) => JSON.parse(Buffer.from(manifest).toString()).events);
    });

  it('is the newest head of its own log, gathered for a moment', async () => {
    const world = await listening();
    for (let i = 0; i < 3; i += 1) await world.write(0, update('e', { x: i }));
    await world.settle();
    expect(world.device(0).timerMs).toBe(world.nowMs + GOSSIP_LIMITS.gatherMs);
    await world.pass(GOSSIP_LIMITS.gatherMs - 1);
    expect(positions()).toEqual([]);
    await world.pass(1);
    expect(positions()).toEqual([[6]]);
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([[6]]);
  });

  it('is nothing that is not committed (G2)', async () => {
    const world = await listening();
    world.isHeld = ({ type }) => type === 'commit';
    world.step(world.device(0), {
      type: 'append',
      request: 1_000_001,
      entries: [{ origin: world.device(0).origin, draft: update('e', { x: 1 }) }],
    });
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([]);
    world.isHeld = () => false;
    await world.settle();
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([[4]]);
  });

  it('is nothing of the logs of others, and nothing at all while it is alone', async () => {
    const world = await listening();
    await world.write(1, update('e', { x: 1 }));
    await world.settle();
    await world.pass(GOSSIP_LIMITS.gatherMs);
    world.disconnect(0, 1);
    await world.write(0, update('e', { x: 2 }));
    await world.pass(GOSSIP_LIMITS.gatherMs);
    world.connect(0, 1);
    await world.settle();
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([]);
  });

  it('is no head while all members are connected, but for those that are none any more', async () => {
    published.length = 0;
    const world = await MeshWorld.create(3, seededRandom(3));
    for (const peer of [1, 2]) world.connect(0, peer);
    await world.settle();
    world.gossiping = (message) => {
      published.push(message);
      return undefined;
    };
    await world.write(0, update('e', { x: 1 }));
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([]);
    world.disconnect(0, 1);
    await world.revoke(0, 2);
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([[5]]);
  });

  it('is the proof of a fork, alone and at once, whoever learns of it', async () => {
    const world = await listening();
    const evidence = forkOf(world, world.device(1));
    world.step(world.device(0), { type: 'evidence', bytes: evidence });
    expect(published).toEqual([]);
    await world.settle();
    expect(published).toEqual([encodeGossip({ manifests: [], evidence: [evidence] })]);
    // What is known already is no news.
    world.step(world.device(0), { type: 'evidence', bytes: evidence });
    await world.settle();
    expect(published).toHaveLength(1);
  });

  it('is cut into messages of 16, one in each moment, and no more logs wait than are allowed', async () => {
    const world = await listening();
    const device = world.device(0);
    const logs = manyLogs(device.signer, GOSSIP_LIMITS.unpublishedMax + 1);
    await world.append(
      0,
      logs.map(({ origin }, i) => ({ origin, draft: update(`e${i}`, { x: i }) })),
    );
    await world.settle();
    for (let i = 0; i < GOSSIP_LIMITS.unpublishedMax / 16; i += 1) {
      await world.pass(GOSSIP_LIMITS.gatherMs);
      expect(published).toHaveLength(i + 1);
    }
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions().map(({ length }) => length)).toEqual(Array.from({ length: 16 }, () => 16));
    for (const message of published)
      expect(message.length).toBeLessThanOrEqual(GOSSIP_LIMITS.messageBytesMax);
  });

  it('is not put off by a wall clock that is set back', async () => {
    const world = await listening();
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    world.nowMs -= 3_600_000;
    world.step(world.device(0), { type: 'tick' });
    expect(positions()).toEqual([[4]]);
  });
});
