import { describe, expect, it } from 'vitest';
import { base32, canonicalBytes, type JsonObject } from '../../../protocol/bytes/index.ts';
import type { EngineEffect } from '../../../protocol/engine/index.ts';
import { makeOrigin } from '../../../protocol/event/index.ts';
import { buildEvidence, encodeEvidence } from '../../../protocol/evidence/index.ts';
import { encodeManifest, type Manifest, type ManifestBody } from '../../../protocol/manifest/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { decodeGossip, encodeGossip, GOSSIP_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { forkedRecords, signSegment } from '../../support/forked-log.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { numberedRecords, signRange, TEST_SPACE } from '../../support/test-log.ts';
import { digestsIn } from '../../support/world-answers.ts';

const REQUEST = 77;

/** A head that a device signs over records of its own choice; nobody has them. */
const headOf = (
  world: MeshWorld,
  { signer, origin }: Pick<WorldDevice, 'signer' | 'origin'>,
  events: number,
  over: Partial<ManifestBody> = {},
): Manifest =>
  signRange({ signer, origin, space: world.space }, undefined, numberedRecords(1, events), over).manifest;

const messageOf = (...manifests: readonly Manifest[]): Uint8Array =>
  encodeGossip({ manifests: manifests.map(encodeManifest), evidence: [] });

const laterVersion = <T extends object>(message: T): T => ({ ...message, version: '2.0.0' });

const decodeJson = (bytes: Uint8Array): JsonObject => JSON.parse(new TextDecoder().decode(bytes));

const withSignature = (manifest: Manifest, signature: string): Manifest => ({ ...manifest, signature });

/** Hands a message to a device, as passed on by another; gives its verdict. */
const judge = (world: MeshWorld, to: number, message: Uint8Array): EngineEffect | undefined => {
  const [peer, device] = [world.device(to === 0 ? 1 : 0).id, world.device(to)];
  const before = device.verdicts.length;
  world.step(device, { type: 'gossip', request: REQUEST, peer, message });
  expect(device.verdicts).toHaveLength(before + 1);
  return device.verdicts.at(-1);
};

const heardBy = (device: WorldDevice) => [...device.engine.heard()].map(({ origin, seq }) => [origin, seq]);

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

describe('a head that was heard of', () => {
  /** Device 1 stands between 0 and 2, which are connected too, but no push of 0 reaches 2. */
  const bridged = async (): Promise<{ readonly world: MeshWorld; readonly wants: Wanted[] }> => {
    const world = await MeshWorld.create(3, seededRandom(2));
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
    expect(heardBy(world.device(2))).toEqual([[world.device(0).origin, 4]]);
    expect(wants.filter(({ from }) => from === world.device(2))).toEqual([]);
    // As soon as it holds the records it says so, and is asked.
    world.isHeld = () => false;
    await world.settle();
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

describe('what a device publishes', () => {
  const published: Uint8Array[] = [];
  const listening = async (count = 2): Promise<MeshWorld> => {
    published.length = 0;
    const world = await MeshWorld.create(count, seededRandom(3));
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
    expect(positions()).toEqual([[5]]);
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([[5]]);
  });

  it('is nothing that is not committed (G2)', async () => {
    const world = await listening();
    world.isHeld = ({ type }) => type === 'commit';
    world.step(world.device(0), {
      type: 'append',
      request: REQUEST,
      entries: [{ origin: world.device(0).origin, draft: update('e', { x: 1 }) }],
    });
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([]);
    world.isHeld = () => false;
    await world.settle();
    await world.pass(GOSSIP_LIMITS.gatherMs);
    expect(positions()).toEqual([[3]]);
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
    expect(positions()).toEqual([[3]]);
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

interface Wanted {
  readonly from: WorldDevice;
  readonly to: WorldDevice;
  readonly frame: SyncFrame;
}

/** Evidence that a device has signed two histories of its log. */
const forkOf = (world: MeshWorld, { signer, origin }: WorldDevice): Uint8Array => {
  const [one, two] = forkedRecords(0, 3, 3).map((records) =>
    signSegment({ signer, origin, space: world.space }, undefined, records),
  );
  if (one === undefined || two === undefined) throw new RangeError('two histories are needed');
  const evidence = buildEvidence(portableCrypto, world.space, one, two);
  if (!evidence.ok) throw new Error(evidence.fault.message);
  return encodeEvidence(evidence.value);
};

/** Logs of one device, each of its own incarnation. */
const manyLogs = (signer: WorldDevice['signer'], count: number) =>
  Array.from({ length: count }, (_, i) => ({
    signer,
    origin: makeOrigin(signer.device, base32.encode(Uint8Array.of(7, 7, 7, i >> 8, i & 255))),
  }));
