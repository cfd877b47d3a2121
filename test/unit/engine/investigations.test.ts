import { describe, expect, it } from 'vitest';
import { encodeManifest, type Manifest } from '../../../protocol/manifest/index.ts';
import { encodeGossip, SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { type Branch, expectOneFork, FORKER, forkedWorld } from '../../support/forked-world.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { forksOf } from '../../support/replica-view.ts';
import { digestOf, strikesOf, toldOf } from '../../support/world-answers.ts';

const RETRY = SYNC_LIMITS.antiEntropyMs;

const BRANCHES: readonly (readonly [string, Branch['events'], Branch['events'], number])[] = [
  ['of one length', [1, 2], [3, 4], 6],
  ['of which one is longer', [1, 2, 3], [4], 6],
  ['of which one is sealed where the other goes on', ['seal', 1], [2], 6],
  ['of several segments', [1, 'seal', 2, 'seal', 3], [1, 'seal', 2, 'seal', 4, 5], 6],
  ['of which one was sealed twice as often', ['seal', 1, 'seal', 2], [1, 2, 'seal', 3], 6],
];

describe('two histories of one log', () => {
  it.each(BRANCHES)('%s lead to the proof when they meet', async (_, one, two, seq) => {
    const { world, forker } = await forkedWorld(5, [
      { holder: 1, events: one },
      { holder: 2, events: two },
    ]);
    const [a, b] = [world.device(1), world.device(2)];
    expect(digestOf(a)).not.toBe(digestOf(b));
    world.connect(1, 2);
    await world.settle();
    await world.pass(RETRY);
    expectOneFork([a, b], forker, seq);

    // Whoever held neither learns of it, and so does the device itself, which then goes on elsewhere.
    world.connect(0, 1);
    world.connect(2, FORKER);
    await world.settle();
    await world.pass(RETRY);
    expectOneFork([a, b, world.device(0), forker], forker, seq);
    expect(forker.engine.retired.get(forker.origin)).toBe('forked');
  });

  it.each([1, 2, 3, 4, 5, 6])('lead to the proof, whatever comes first (seed %i)', async (seed) => {
    const branches = [
      { holder: 1, events: [1, 2] },
      { holder: 2, events: [3] },
    ];
    const { world, forker } = await forkedWorld(3, branches, seed);
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      world.connect(a, b);
    await world.settle();
    await world.pass(2 * RETRY);
    expectOneFork([world.device(0), world.device(1), world.device(2)], forker, 4);
  });

  it('are proved once, and the proof outlasts a restart', async () => {
    const { world, forker } = await forkedWorld(3, [
      { holder: 1, events: [1] },
      { holder: 2, events: [2] },
    ]);
    world.connect(1, 2);
    await world.settle();
    world.disconnect(1, 2);
    let asks = 0;
    world.passing = (frame) => {
      if (frame.type === 'ask') asks += 1;
      return frame;
    };
    await world.crash(1);
    world.connect(1, 2);
    await world.settle();
    expectOneFork([world.device(1), world.device(2)], forker, 4);
    expect(asks).toBe(0);
  });

  it('are followed by a third, which its holder finds out about by itself', async () => {
    const { world, forker } = await forkedWorld(6, [
      { holder: 1, events: [1] },
      { holder: 2, events: [2] },
      { holder: 0, events: [3, 4], common: 4 },
    ]);
    // The holder of the common part saw the third history come, and took it for the second: it is proved already.
    expect(forksOf(world.device(0).engine)).toEqual({ [forker.origin]: 5 });
    world.connect(1, 2);
    await world.settle();
    expectOneFork([world.device(1), world.device(2)], forker, 7);
    world.connect(0, 2);
    await world.settle();
    expectOneFork([world.device(0), world.device(1), world.device(2)], forker, 5);
  });

  it('of which a replica that knows of a later fork holds a third are compared again', async () => {
    const { world, forker } = await forkedWorld(6, [
      { holder: 1, events: [1] },
      { holder: 0, events: [2] },
      { holder: 2, events: [3, 4, 5, 6], common: 4 },
    ]);
    world.connect(0, 1);
    await world.settle();
    expectOneFork([world.device(0), world.device(1)], forker, 7);
    world.connect(1, 2);
    await world.settle();
    await world.pass(RETRY);
    expectOneFork([world.device(0), world.device(1), world.device(2)], forker, 5);
  });
});

describe('two histories of each of many logs', () => {
  it('are looked into, no more at a time than the peer takes questions', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    const [a, b, writer] = [world.device(0), world.device(1), world.device(2)];
    world.connect(0, 1);
    world.connect(0, 2);
    await world.settle();
    const logs = Array.from({ length: SYNC_LIMITS.asksPerPeer + 1 }, () => writer.nextOrigin());
    const copy = await writer.copy();
    world.disconnect(0, 1);
    for (const [holder, x] of [a, b].entries()) {
      await world.restore(2, copy);
      await world.append(
        2,
        logs.map((origin) => ({ origin, draft: update('e', { [x.id]: 1 }) })),
      );
      world.connect(holder, 2);
      await world.settle();
      world.disconnect(holder, 2);
    }
    world.connect(0, 1);
    await world.settle();
    const forks = Object.fromEntries(logs.map((origin) => [origin, 1]));
    for (const device of [a, b]) {
      expect(forksOf(device.engine)).toMatchObject(forks);
      expect(strikesOf(device)).toEqual([]);
    }
  });
});

describe('a signed head that contradicts what is held', () => {
  const headOf = (device: WorldDevice, { origin }: WorldDevice): Uint8Array => {
    const head = device.records.manifest(origin, 0);
    if (head === undefined) throw new Error('the device holds nothing of that log');
    return encodeGossip({ manifests: [encodeManifest(head)], evidence: [] });
  };

  it.each<readonly [string, Branch['events'], Branch['events']]>([
    ['as far as that', [1], [2]],
    ['further than that, which is sealed', [1, 'seal'], [2, 3]],
  ])('%s has those asked who are connected, and is not passed on', async (_, one, two) => {
    const { world, forker } = await forkedWorld(3, [
      { holder: 1, events: one },
      { holder: 2, events: two },
    ]);
    const [a, b, c] = [world.device(0), world.device(1), world.device(2)];
    world.connect(0, 1);
    await world.settle();
    let asks = 0;
    world.passing = (frame) => {
      if (frame.type === 'ask') asks += 1;
      return frame;
    };
    world.step(b, { type: 'gossip', request: 1_000_001, peer: a.id, message: headOf(c, forker) });
    await world.settle();
    expect(b.verdicts.at(-1)).toMatchObject({ verdict: 'ignore' });
    expect([...b.engine.heard()]).toEqual([]);
    expect(asks).toBeGreaterThan(0);
    expect([forksOf(b.engine), strikesOf(a), strikesOf(b)]).toEqual([{}, [], []]);
    world.connect(1, 2);
    await world.settle();
    expectOneFork([a, b, c], forker, 4);
  });

  it('ends the writing of an own log', async () => {
    const { world, forker } = await forkedWorld(3, [
      { holder: 1, events: [1] },
      { holder: 2, events: [2] },
    ]);
    const b = world.device(1);
    world.step(forker, { type: 'gossip', request: 1_000_001, peer: b.id, message: headOf(b, forker) });
    expect(forker.engine.retired.get(forker.origin)).toBe('ahead');
  });

  it('that is not validly signed is rejected', async () => {
    const { world, forker } = await forkedWorld(3, [
      { holder: 1, events: [1] },
      { holder: 2, events: [2] },
    ]);
    const head = world.device(2).records.manifest(forker.origin, 0) as Manifest;
    const message = encodeGossip({
      manifests: [encodeManifest({ ...head, createdAt: head.createdAt + 1 })],
      evidence: [],
    });
    const b = world.device(1);
    world.step(b, { type: 'gossip', request: 1_000_001, peer: world.device(0).id, message });
    expect(b.verdicts.at(-1)).toMatchObject({ verdict: 'reject', fault: { code: 'bad_signature' } });
  });
});

describe('a range that does not continue what is held', () => {
  it('of an honest peer is no fault of the peer', async () => {
    const { world, forker } = await forkedWorld(3, [
      { holder: 1, events: [1] },
      { holder: 2, events: [2, 3, 4] },
    ]);
    world.connect(1, 2);
    await world.settle();
    expect(toldOf(world.device(1), 'refused')).toMatchObject([{ fault: { code: 'history_differs' } }]);
    expectOneFork([world.device(1), world.device(2)], forker, 4);
  });
});
