import { describe, expect, it } from 'vitest';
import { canonicalBytes, type JsonObject } from '../../../protocol/bytes/index.ts';
import type { Manifest } from '../../../protocol/manifest/index.ts';
import { encodeGossip, GOSSIP_LIMITS } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { forkOf, headOf, heardBy, judge, manyLogs, messageOf, REQUEST } from '../../support/gossip-rig.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { signRange, TEST_SPACE } from '../../support/test-log.ts';
import { digestsIn } from '../../support/world-answers.ts';

const laterVersion = <T extends object>(message: T): T => ({ ...message, version: '2.0.0' });

const decodeJson = (bytes: Uint8Array): JsonObject => JSON.parse(new TextDecoder().decode(bytes));

const withSignature = (manifest: Manifest, signature: string): Manifest => ({ ...manifest, signature });

/** Two members that hold the same: device 0 has written two events, device 1 one. */
const pair = async (): Promise<MeshWorld> => {
  const world = await MeshWorld.create(3, seededRandom(1), { members: 2 });
  world.connect(0, 1);
  await world.settle();
  await world.write(1, update('e', { x: 1 }));
  await world.settle();
  return world;
};

describe('a gossip message', () => {
  it('that tells of a newer head is accepted, and remembered until it is held', async () => {
    const world = await pair();
    const [reader, writer] = [world.device(0), world.device(1)];
    expect(judge(world, 0, messageOf(headOf(world, writer, 2)))).toEqual({
      type: 'gossip-verdict',
      request: REQUEST,
      verdict: 'accept',
    });
    expect(heardBy(reader)).toEqual([[writer.origin, 2]]);
    await world.write(1, update('e', { x: 2 }));
    await world.settle();
    expect(heardBy(reader)).toEqual([]);
  });

  it('that tells of a seal at the same count is news too', async () => {
    const world = await pair();
    const writer = world.device(1);
    expect(judge(world, 0, messageOf(headOf(world, writer, 1)))).toMatchObject({ verdict: 'ignore' });
    const records = await writer.records.records(writer.origin, 1, 1);
    const log = { signer: writer.signer, origin: writer.origin, space: world.space };
    const { manifest } = signRange(log, undefined, records, { sealed: true });
    expect(judge(world, 0, messageOf(manifest))).toMatchObject({ verdict: 'accept' });
  });

  it('that tells nothing new is ignored, without a look at its signature', async () => {
    const world = await pair();
    const writer = world.device(1);
    const [held] = await writer.records.manifests(writer.origin);
    if (held === undefined) throw new Error('nothing is held');
    expect(judge(world, 0, messageOf(held))).toMatchObject({ verdict: 'ignore' });
    const heard = headOf(world, writer, 3);
    judge(world, 0, messageOf(heard));
    for (const manifest of [heard, headOf(world, writer, 2), withSignature(heard, held.signature)])
      expect(judge(world, 0, messageOf(manifest))).toMatchObject({ verdict: 'ignore' });
    expect(heardBy(world.device(0))).toEqual([[writer.origin, 3]]);
  });

  it('of a device that is not known is ignored, and not remembered: it may have just been added', async () => {
    const world = await pair();
    const message = messageOf(headOf(world, world.device(2), 1));
    expect(judge(world, 0, message)).toMatchObject({ verdict: 'ignore' });
    expect(heardBy(world.device(0))).toEqual([]);
    await world.add(2);
    expect(judge(world, 0, message)).toMatchObject({ verdict: 'accept' });
  });

  it('of which one part is not known is taken in and not passed on', async () => {
    const world = await pair();
    const [writer, stranger] = [world.device(1), world.device(2)];
    const message = messageOf(headOf(world, writer, 2), headOf(world, stranger, 1));
    expect(judge(world, 0, message)).toMatchObject({ verdict: 'ignore' });
    expect(heardBy(world.device(0))).toEqual([[writer.origin, 2]]);
  });

  it.each<readonly [string, (world: MeshWorld) => Uint8Array]>([
    ['a head', (world) => messageOf(laterVersion(headOf(world, world.device(1), 2)))],
    [
      'evidence',
      (world) => {
        const evidence = laterVersion(decodeJson(forkOf(world, world.device(1))));
        return encodeGossip({ manifests: [], evidence: [canonicalBytes(evidence)] });
      },
    ],
  ])(
    'with %s of a later version is ignored: whoever passes it on is ahead, not at fault',
    async (_, later) => {
      const world = await pair();
      expect(judge(world, 0, later(world))).toMatchObject({ verdict: 'ignore' });
    },
  );

  it.each<readonly [string, string, (world: MeshWorld, good: Manifest) => Uint8Array]>([
    ['is no message', 'bad_gossip', () => Uint8Array.of(1, 2, 3)],
    ['is empty', 'bad_gossip', () => new Uint8Array()],
    ['is too long', 'bad_gossip', () => new Uint8Array(GOSSIP_LIMITS.messageBytesMax + 1)],
    [
      'holds what is no manifest',
      'bad_manifest',
      () => encodeGossip({ manifests: [Uint8Array.of(1)], evidence: [] }),
    ],
    [
      'is of another space',
      'wrong_space',
      (world) => messageOf(headOf(world, world.device(1), 9, { space: TEST_SPACE })),
    ],
    [
      'is signed by another device than the owner of the log',
      'unknown_key',
      (world) => messageOf({ ...headOf(world, world.device(0), 9), origin: world.device(1).origin }),
    ],
    [
      'has a signature of something else',
      'bad_signature',
      (world, good) => messageOf(withSignature(headOf(world, world.device(1), 9), good.signature)),
    ],
    [
      'has a bad signature on what is held, beside good news',
      'bad_signature',
      (world, good) => messageOf(headOf(world, world.device(1), 9), { ...good, createdAt: 1 }),
    ],
  ])('that %s is rejected with %s, and nothing of it is taken in', async (_, code, spoil) => {
    const world = await pair();
    const writer = world.device(1);
    const [good] = await writer.records.manifests(writer.origin);
    if (good === undefined) throw new Error('nothing is held');
    expect(judge(world, 0, spoil(world, good))).toMatchObject({ verdict: 'reject', fault: { code } });
    expect(heardBy(world.device(0))).toEqual([]);
    // Whoever passed it on should have rejected it.
    expect(world.device(0).answers).toContainEqual(
      expect.objectContaining({ type: 'strike', peer: writer.id, fault: expect.objectContaining({ code }) }),
    );
  });

  it('of many logs fills the memory up to its bound: the oldest are forgotten', async () => {
    const world = await pair();
    const { signer } = world.device(1);
    const logs = manyLogs(signer, GOSSIP_LIMITS.heardMax + 1);
    for (let from = 0; from < logs.length; from += GOSSIP_LIMITS.manifestsMax) {
      const heads = logs.slice(from, from + GOSSIP_LIMITS.manifestsMax).map((log) => headOf(world, log, 1));
      expect(judge(world, 0, messageOf(...heads))).toMatchObject({ verdict: 'accept' });
    }
    const heard = heardBy(world.device(0));
    expect(heard).toHaveLength(GOSSIP_LIMITS.heardMax);
    expect(heard[0]).toEqual([logs[1]?.origin, 1]);
    expect(heard.at(-1)).toEqual([logs.at(-1)?.origin, 1]);
  });
});

describe('the proof of a fork', () => {
  it('reaches a device that nobody sends it to otherwise, and is judged there', async () => {
    const world = await MeshWorld.create(3, seededRandom(5));
    for (const other of [1, 2]) world.connect(0, other);
    await world.settle();
    world.passing = (frame) => (frame.type === 'evidence' ? undefined : frame);
    world.gossiping = (message) => message;
    const evidence = forkOf(world, world.device(1));
    world.step(world.device(0), { type: 'evidence', bytes: evidence });
    await world.settle();
    for (const { engine } of world.devices)
      expect([...engine.forks()].map(({ origin }) => origin)).toEqual([world.device(1).origin]);
    expect(judge(world, 2, encodeGossip({ manifests: [], evidence: [evidence] }))).toMatchObject({
      verdict: 'ignore',
    });
    const bad = evidence.with(-40, (evidence.at(-40) ?? 0) ^ 1);
    expect(judge(world, 2, encodeGossip({ manifests: [], evidence: [bad] }))).toMatchObject({
      verdict: 'reject',
    });
  });
});

describe('with gossip', () => {
  it.each([1, 2, 3, 4, 5, 6])('devices in a row converge, whatever is lost of it (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const world = await MeshWorld.create(4, random);
    for (const number of [1, 2, 3]) world.connect(number - 1, number);
    world.gossiping = (message) => (random() < 0.3 ? undefined : message);
    for (let i = 0; i < 12; i += 1) {
      await world.write(Math.floor(random() * 4), update('e', { x: i }));
      await world.pass(Math.floor(random() * 30), 5);
    }
    await world.settle();
    await world.pass(1000);
    expect(digestsIn(world).size).toBe(1);
    for (const device of world.devices) {
      expect(heardBy(device)).toEqual([]);
      expect(device.verdicts).not.toContainEqual(expect.objectContaining({ verdict: 'reject' }));
      for (const { disputed } of device.engine.peers()) expect([...disputed]).toEqual([]);
    }
    const verdicts = world.devices.flatMap((device) => device.verdicts);
    expect(verdicts).toContainEqual(expect.objectContaining({ verdict: 'accept' }));
  });
});
