import { describe, expect, it } from 'vitest';
import { encodeManifest, type Manifest } from '../../../protocol/manifest/index.ts';
import {
  encodeFrame,
  encodeGossip,
  type FrontierEntry,
  type Question,
  SYNC_LIMITS,
  type SyncFrame,
} from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { type Branch, FORKER, forkedWorld } from '../../support/forked-world.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { digestOf, strikesOf, toldOf } from '../../support/world-answers.ts';

const RETRY = SYNC_LIMITS.antiEntropyMs;

const forksOf = ({ engine }: WorldDevice) => [...engine.forks()].map(({ origin, seq }) => ({ origin, seq }));

const entryOf = ({ engine }: WorldDevice, { origin }: WorldDevice) =>
  [...engine.frontier()].find((entry) => entry.origin === origin);

/** Expects devices to agree on one fork of a log, without holding anything against each other. */
const expectAgreement = (devices: readonly WorldDevice[], forker: WorldDevice, seq: number): void => {
  for (const device of devices) {
    expect(forksOf(device)).toEqual([{ origin: forker.origin, seq }]);
    expect(entryOf(device, forker)).toMatchObject({ frozen: true, seq: seq - 1 });
    expect(digestOf(device)).toBe(digestOf(devices[0] as WorldDevice));
    expect(strikesOf(device)).toEqual([]);
  }
};

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
    expectAgreement([a, b], forker, seq);

    // Whoever held neither learns of it, and so does the device itself, which then goes on elsewhere.
    world.connect(0, 1);
    world.connect(2, FORKER);
    await world.settle();
    await world.pass(RETRY);
    expectAgreement([a, b, world.device(0), forker], forker, seq);
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
    expectAgreement([world.device(0), world.device(1), world.device(2)], forker, 4);
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
    expectAgreement([world.device(1), world.device(2)], forker, 4);
    expect(asks).toBe(0);
  });

  it('are followed by a third, which its holder finds out about by itself', async () => {
    const { world, forker } = await forkedWorld(6, [
      { holder: 1, events: [1] },
      { holder: 2, events: [2] },
      { holder: 0, events: [3, 4], common: 4 },
    ]);
    // The holder of the common part saw the third history come, and took it for the second: it is proved already.
    expect(forksOf(world.device(0))).toEqual([{ origin: forker.origin, seq: 5 }]);
    world.connect(1, 2);
    await world.settle();
    expectAgreement([world.device(1), world.device(2)], forker, 7);
    world.connect(0, 2);
    await world.settle();
    expectAgreement([world.device(0), world.device(1), world.device(2)], forker, 5);
  });

  it('of which a replica that knows of a later fork holds a third are compared again', async () => {
    const { world, forker } = await forkedWorld(6, [
      { holder: 1, events: [1] },
      { holder: 0, events: [2] },
      { holder: 2, events: [3, 4, 5, 6], common: 4 },
    ]);
    world.connect(0, 1);
    await world.settle();
    expectAgreement([world.device(0), world.device(1)], forker, 7);
    world.connect(1, 2);
    await world.settle();
    await world.pass(RETRY);
    expectAgreement([world.device(0), world.device(1), world.device(2)], forker, 5);
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
    const forks = logs.map((origin) => ({ origin, seq: 1 }));
    for (const device of [a, b]) {
      expect(forksOf(device)).toEqual(expect.arrayContaining(forks));
      expect(strikesOf(device)).toEqual([]);
    }
  });
});

describe('a peer that is asked', () => {
  const branches = [
    { holder: 1, events: [1, 'seal', 2] },
    { holder: 2, events: [3, 'seal', 4] },
  ] as const;

  it('and is silent or goes away is asked again later, and not blamed', async () => {
    const { world, forker } = await forkedWorld(3, branches);
    world.passing = (frame) => (frame.type === 'answer' ? undefined : frame);
    world.connect(1, 2);
    await world.settle();
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(forksOf(world.device(1))).toEqual([]);
    world.disconnect(1, 2);
    world.passing = (frame) => frame;
    world.connect(1, 2);
    await world.settle();
    expectAgreement([world.device(1), world.device(2)], forker, 4);
  });

  it('and is late is asked again in the same session', async () => {
    const { world, forker } = await forkedWorld(3, branches);
    world.isHeld = ({ type }) => type === 'read-answer';
    world.connect(1, 2);
    await world.settle();
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    world.isHeld = () => false;
    await world.settle();
    expect(forksOf(world.device(1))).toEqual([]);
    await world.pass(2 * RETRY);
    expectAgreement([world.device(1), world.device(2)], forker, 4);
  });

  it.each([
    ['other hashes', 'nodes_mismatch', spoil('nodes')],
    ['a manifest that nobody signed', 'bad_signature', spoil('manifest')],
  ] as const)('and answers with %s is at fault', async (_, code, spoiling) => {
    const { world } = await forkedWorld(3, branches);
    world.passing = (frame, from) => (from === world.device(2) ? spoiling(frame) : frame);
    world.connect(1, 2);
    await world.settle();
    expect(strikesOf(world.device(1))).toContain(code);
    expect(strikesOf(world.device(2))).toEqual([]);
  });

  it('and shows just the history that it said it does not hold has made a false claim', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    const [a, b] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    await world.settle();
    // The other one says that it has come as far as this one, on another way.
    const claim = (frame: SyncFrame): SyncFrame => {
      if (frame.type !== 'frontier' || frame.entries.length > 0) return frame;
      const { origin, ...entry } = entryOf(a, a) as FrontierEntry;
      const log = { type: 'origin', origin } as const;
      return { ...frame, entries: [{ ...entry, log, commitment: new Uint8Array(32).fill(7) }] };
    };
    world.passing = (frame, from) => (from === b ? claim(frame) : frame);
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    expect(strikesOf(a)).toEqual(['false_claim']);
    expect(forksOf(a)).toEqual([]);
  });
});

/** Changes the answers of one type. */
function spoil(type: 'nodes' | 'manifest') {
  return (frame: SyncFrame): SyncFrame => {
    if (frame.type !== 'answer' || frame.answer.type !== type) return frame;
    const { answer } = frame;
    if (answer.type === 'nodes') {
      return { ...frame, answer: { ...answer, hashes: answer.hashes.map(() => new Uint8Array(32).fill(7)) } };
    }
    if (answer.type !== 'manifest' || answer.manifest === undefined) return frame;
    const text = new TextDecoder().decode(answer.manifest).replace(/"createdAt":\d/, '"createdAt":9');
    return { ...frame, answer: { ...answer, manifest: new TextEncoder().encode(text) } };
  };
}

describe('a device that is asked by a peer', () => {
  const question = (device: WorldDevice, segment = 0): Question => ({
    type: 'manifest',
    origin: device.origin,
    segment,
  });

  /** A device that is asked whatever a test wants, and what it answers. */
  const asked = async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    const answered: number[] = [];
    world.passing = (frame) => {
      if (frame.type !== 'answer') return frame;
      answered.push(frame.ask);
      return undefined;
    };
    const device = world.device(0);
    let asks = 0;
    const ask = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        asks += 1;
        const frame = encodeFrame({ type: 'ask', ask: asks, question: question(device) });
        world.step(device, { type: 'frame', peer: world.device(1).id, frame });
      }
    };
    return { world, device, ask, answered };
  };

  it('keeps 8 questions, and ends the session at one more', async () => {
    const { world, device, ask, answered } = await asked();
    world.isHeld = ({ type }) => type === 'read-answer';
    ask(SYNC_LIMITS.asksPerPeer);
    world.isHeld = () => false;
    await world.settle();
    expect(answered).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    world.isHeld = ({ type }) => type === 'read-answer';
    ask(SYNC_LIMITS.asksPerPeer + 1);
    expect(device.answers).toContainEqual(
      expect.objectContaining({ type: 'disconnect', fault: expect.objectContaining({ code: 'past_limit' }) }),
    );
    expect(strikesOf(device)).toEqual(['past_limit']);
  });

  it('answers so many in a while; the others wait', async () => {
    const { world, ask, answered } = await asked();
    for (let i = 0; i < SYNC_LIMITS.answersPerWindow; i += 1) {
      ask(1);
      await world.settle();
    }
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow);
    ask(2);
    await world.settle();
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow);
    await world.pass(SYNC_LIMITS.answerWindowMs - 1);
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow);
    await world.pass(1);
    expect(answered).toHaveLength(SYNC_LIMITS.answersPerWindow + 2);
  });

  it('does not answer in a new session what was asked in the one before', async () => {
    const { world, ask, answered } = await asked();
    world.isHeld = ({ type }) => type === 'read-answer';
    ask(1);
    world.disconnect(0, 1);
    world.connect(0, 1);
    await world.settle();
    ask(1);
    world.isHeld = () => false;
    await world.settle();
    expect(answered).toEqual([2]);
  });

  it('ends a session in which it is answered what it has not asked', async () => {
    const { world, device } = await asked();
    const frame = encodeFrame({ type: 'answer', ask: 1, answer: { type: 'records', records: [] } });
    world.step(device, { type: 'frame', peer: world.device(1).id, frame });
    expect(strikesOf(device)).toEqual(['bad_frame']);
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
    expect([forksOf(b), strikesOf(a), strikesOf(b)]).toEqual([[], [], []]);
    world.connect(1, 2);
    await world.settle();
    expectAgreement([a, b, c], forker, 4);
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
    expectAgreement([world.device(1), world.device(2)], forker, 4);
  });
});
