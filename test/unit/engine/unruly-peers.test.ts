import { describe, expect, it } from 'vitest';
import { canonicalBytes, utf8Encode } from '../../../protocol/bytes/index.ts';
import { decodeManifest, encodeManifest, type Manifest } from '../../../protocol/manifest/index.ts';
import { SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom, type WorldDevice } from '../../support/mesh-world.ts';
import { signRange, TEST_SPACE } from '../../support/test-log.ts';
import { digestOf, toldOf } from '../../support/world-answers.ts';

type Range = Extract<SyncFrame, { type: 'range' }>;

const manifestOf = (range: Range): Manifest => {
  const manifest = range.manifest && decodeManifest(range.manifest);
  if (!manifest?.ok) throw new Error('the range has no manifest');
  return manifest.value;
};

/** A range whose manifest says something else than what was signed. */
const withManifest = (range: Range, over: Partial<Record<keyof Manifest, unknown>>): Range => ({
  ...range,
  manifest: canonicalBytes({ ...manifestOf(range), ...over } as never),
});

/** A world in which device 1 spoils every range of device 0's log that it passes on to device 2. */
const worldWithSpoiler = async (spoil: (range: Range) => Range): Promise<MeshWorld> => {
  const world = await MeshWorld.create(3, seededRandom(1));
  world.connect(0, 1);
  await world.write(0, update('e', { x: 1 }), update('e', { x: 2 }));
  await world.settle();
  const spoiler = world.device(1);
  world.passing = (frame, from) => (frame.type === 'range' && from === spoiler ? spoil(frame) : frame);
  return world;
};

const SPOILED: readonly (readonly [string, string, (range: Range) => Range])[] = [
  ['a changed record', 'root_mismatch', (range) => withRecord(range, (record) => record.with(9, 0x5a))],
  [
    'a longer record',
    'bytes_mismatch',
    (range) => withRecord(range, (record) => Uint8Array.of(...record, 0)),
  ],
  ['an empty record', 'bytes_mismatch', (range) => withRecord(range, () => new Uint8Array())],
  ['a record too few', 'count_mismatch', (range) => ({ ...range, records: range.records.slice(1) })],
  [
    'a record too many',
    'count_mismatch',
    (range) => ({ ...range, records: [...range.records, Uint8Array.of(1)] }),
  ],
  ['another segment', 'order_violation', (range) => withManifest(range, { segment: 1 })],
  [
    'a bad signature',
    'bad_signature',
    (range) =>
      withManifest(range, {
        signature: manifestOf(range).signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
      }),
  ],
  ['an unsigned claim', 'bad_signature', (range) => withManifest(range, { createdAt: 7 })],
  ['another space', 'wrong_space', (range) => withManifest(range, { space: TEST_SPACE })],
  ['no manifest', 'bad_manifest', (range) => ({ ...range, manifest: Uint8Array.of(1, 2, 3) })],
  ['a later version', 'unsupported_version', (range) => withManifest(range, { version: '2.0.0' })],
];

const withRecord = (range: Range, change: (record: Uint8Array) => Uint8Array): Range => ({
  ...range,
  records: range.records.map((record, i) => (i === range.records.length - 1 ? change(record) : record)),
});

describe('a range that is not what its author signed (E3)', () => {
  it.each(SPOILED)(
    '%s: is refused with %s, nothing of it is kept, and another peer has it',
    async (_, code, spoil) => {
      const world = await worldWithSpoiler(spoil);
      const [good, spoiler, victim] = [world.device(0), world.device(1), world.device(2)];
      world.connect(1, 2);
      await world.settle();
      expect(toldOf(victim, 'refused')).toMatchObject([
        { peer: spoiler.id, origin: good.origin, fault: { code } },
      ]);
      expect(await victim.records.tails()).toEqual([]);
      expect([...victim.engine.frontier()]).toEqual([]);
      expect(victim.engine.replica.counts.events).toBe(0);
      world.connect(0, 2);
      await world.settle();
      expect(digestOf(victim)).toBe(digestOf(good));
      expect(toldOf(victim, 'refused')).toHaveLength(1);
    },
  );

  it('is asked of another peer at once, even if the first never ends its answer', async () => {
    const world = await worldWithSpoiler((range) => withRecord(range, (record) => record.with(9, 0x5a)));
    const [good, spoiler, victim] = [world.device(0), world.device(1), world.device(2)];
    const { passing } = world;
    world.passing = (frame, from, to) =>
      frame.type === 'want-end' && from === spoiler ? undefined : passing(frame, from, to);
    world.isHeld = ({ device, type }) => device === spoiler && type === 'read-range';
    world.connect(1, 2);
    await world.settle();
    world.connect(0, 2);
    await world.settle();
    expect(victim.engine.replica.counts.events).toBe(0);
    world.isHeld = () => false;
    await world.settle();
    expect(digestOf(victim)).toBe(digestOf(good));
    world.disconnect(0, 2);
    await world.write(0, update('e', { x: 3 }));
    await world.settle();
    const [peer] = victim.engine.peers();
    expect([...(peer?.disputed ?? [])]).toMatchObject([[good.origin, { code: 'root_mismatch' }]]);
  });

  it('of another log than the one that was asked for is refused', async () => {
    const world = await MeshWorld.create(3, seededRandom(1));
    world.connect(0, 1);
    await world.settle();
    await world.write(1, update('e', { x: 1 }));
    await world.settle();
    const [head] = (await world.device(1).records.manifests(world.device(1).origin)).map(encodeManifest);
    world.passing = (frame, from, to) =>
      frame.type === 'range' && from === world.device(1) && to === world.device(2) && head
        ? { ...frame, manifest: head }
        : frame;
    world.connect(1, 2);
    await world.settle();
    expect(toldOf(world.device(2), 'refused')).toMatchObject([{ fault: { code: 'order_violation' } }]);
  });

  it('whose author signed what is no event is refused, wherever it comes from', async () => {
    const world = await MeshWorld.create(2, seededRandom(1));
    const [author, victim] = [world.device(0), world.device(1)];
    world.connect(0, 1);
    await world.settle();
    const before = digestOf(victim);
    world.disconnect(0, 1);
    const [tail] = await author.records.tails();
    const log = { signer: author.signer, origin: author.origin, space: world.space };
    const record = Uint8Array.of(0, ...utf8Encode('{"b":1,"a":2}'));
    const { firstSeq, records, tail: next } = signRange(log, tail, [record]);
    const arrival = author.records.arrivals() + 1;
    await author.records.write([{ origin: log.origin, firstSeq, records, tail: next, arrival }], {
      durable: true,
    });
    await author.open(world.space, world.genesis);
    world.connect(0, 1);
    await world.settle();
    expect(toldOf(victim, 'refused')).toMatchObject([{ fault: { code: 'record_not_canonical' } }]);
    expect(digestOf(victim)).toBe(before);
  });
});

describe('a peer that stalls', () => {
  const stalledWorld = async (): Promise<MeshWorld> => {
    const world = await MeshWorld.create(3, seededRandom(2));
    world.connect(0, 1);
    await world.settle();
    world.passing = (frame, from, to) =>
      frame.type === 'want' && from === world.device(2) && to === world.device(1) ? undefined : frame;
    world.connect(1, 2);
    await world.settle();
    world.connect(0, 2);
    await world.settle();
    return world;
  };

  it('loses what was asked of it after the timeout, not before, and another is asked', async () => {
    const world = await stalledWorld();
    const late = world.device(2);
    expect(late.engine.replica.counts.events).toBe(0);
    await world.pass(SYNC_LIMITS.wantTimeoutMs - 1);
    expect(late.engine.replica.counts.events).toBe(0);
    await world.pass(1);
    expect(late.engine.replica.counts.events).toBe(3);
    const stalled = [...late.engine.peers()].find(({ device }) => device === world.device(1).id);
    expect([...(stalled?.disputed.values() ?? [])]).toMatchObject([{ code: 'stalled' }]);
  });

  it('keeps what was asked of it for a minute, as long as nobody else could be asked', async () => {
    const world = await stalledWorld();
    const late = world.device(2);
    const disputed = () => [...late.engine.peers()].map((peer) => [...peer.disputed.values()]);
    world.disconnect(0, 2);
    const longestMs = SYNC_LIMITS.wantTimeoutMs + SYNC_LIMITS.wantGraceMs;
    for (let ms = 0; ms < longestMs; ms += SYNC_LIMITS.wantTimeoutMs) {
      expect(disputed()).toEqual([[]]);
      await world.pass(SYNC_LIMITS.wantTimeoutMs);
    }
    expect(disputed()).toMatchObject([[{ code: 'stalled' }]]);
  });

  it('loses it as soon as somebody else could be asked', async () => {
    const world = await stalledWorld();
    const late = world.device(2);
    world.disconnect(0, 2);
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(late.engine.replica.counts.events).toBe(0);
    world.connect(0, 2);
    await world.settle();
    expect(late.engine.replica.counts.events).toBe(3);
  });

  it('is believed again when what it was late with comes, even after another was asked for the same', async () => {
    const world = await MeshWorld.create(3, seededRandom(2));
    world.connect(0, 1);
    await world.settle();
    const reader = world.device(2);
    const slow = new Set([world.device(0), world.device(1)]);
    world.isHeld = ({ device, type }) => type === 'read-range' && slow.has(device);
    world.connect(1, 2);
    await world.settle();
    world.connect(0, 2);
    await world.settle();
    const disputed = () => [...reader.engine.peers()].flatMap((peer) => [...peer.disputed.values()]);
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(disputed()).toMatchObject([{ code: 'stalled' }]);
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(reader.engine.replica.counts.events).toBe(0);
    slow.delete(world.device(1));
    await world.settle();
    expect([reader.engine.replica.counts.events, disputed()]).toEqual([3, []]);
    slow.clear();
    await world.settle();
    expect([reader.engine.replica.counts.events, disputed()]).toEqual([3, []]);
  });

  it('is asked again in a later round of anti-entropy', async () => {
    const world = await stalledWorld();
    const late = world.device(2);
    world.disconnect(0, 2);
    await world.pass(SYNC_LIMITS.wantTimeoutMs);
    expect(late.engine.replica.counts.events).toBe(0);
    // A want that was lost leaves the peer one slot less, and nothing worse.
    world.passing = (frame) => frame;
    await world.pass(2 * SYNC_LIMITS.antiEntropyMs);
    expect(late.engine.replica.counts.events).toBe(3);
  });

  it('is not taken for one that serves many logs, one after the other', async () => {
    const world = await MeshWorld.create(4, seededRandom(3));
    const [source, reader] = [world.device(0), world.device(3)];
    for (const number of [1, 2]) world.connect(0, number);
    const pad = 'x'.repeat(20_000);
    for (const number of [0, 1, 2]) {
      await world.write(number, ...Array.from({ length: 50 }, (_, x) => update('e', { x, pad })));
      await world.settle();
    }
    for (const number of [1, 2]) world.disconnect(0, number);
    world.connect(0, 3);
    // Slow link: the first of the logs alone takes longer than the timeout.
    for (let i = 0; i < 40; i += 1) await world.pass(SYNC_LIMITS.wantTimeoutMs / 3, 1);
    await world.settle();
    const [peer] = reader.engine.peers();
    expect([...(peer?.disputed ?? [])]).toEqual([]);
    expect(digestOf(reader)).toBe(digestOf(source));
  });
});

describe('a peer that holds less than it says', () => {
  it('is asked once, and again in a later round, never in circles', async () => {
    const world = await MeshWorld.create(2, seededRandom(4));
    const [source, reader] = [world.device(0), world.device(1)];
    const { records } = source;
    source.records = { ...records, range: async () => undefined };
    let wants = 0;
    world.passing = (frame) => {
      if (frame.type === 'want') wants += 1;
      return frame;
    };
    world.connect(0, 1);
    await world.settle();
    expect(wants).toBe(1);
    const [peer] = reader.engine.peers();
    expect([...(peer?.disputed.values() ?? [])]).toMatchObject([{ code: 'withheld' }]);
    source.records = records;
    await world.pass(2 * SYNC_LIMITS.antiEntropyMs);
    expect(digestOf(reader)).toBe(digestOf(source));
  });
});

const frontierEntryAt = (segment: number) => ({
  segment,
  events: 9,
  seq: 999,
  sealed: false,
  frozen: false,
  commitment: new Uint8Array(32),
});

describe("a device's own logs", () => {
  it('are asked of a peer that says that it holds more, and written on when it does not', async () => {
    const world = await MeshWorld.create(2, seededRandom(5));
    const wants: (readonly [WorldDevice, SyncFrame])[] = [];
    world.connect(0, 1);
    await world.settle();
    const { origin } = world.device(0);
    // The first log that device 0 has spelled out in this session: its own.
    const lie = { ...frontierEntryAt(9), log: { type: 'alias', by: 'receiver', number: 0 } } as const;
    let hasLied = false;
    world.passing = (frame, from) => {
      if (frame.type === 'want') wants.push([from, frame]);
      if (frame.type !== 'frontier' || from === world.device(0) || hasLied) return frame;
      hasLied = true;
      return { ...frame, entries: [...frame.entries, lie] };
    };
    await world.write(0, update('e', { x: 1 }));
    await world.settle();
    expect(hasLied).toBe(true);
    expect(wants.filter(([from]) => from === world.device(0))).not.toEqual([]);
    const [peer] = world.device(0).engine.peers();
    expect([...(peer?.disputed ?? [])]).toMatchObject([[origin, { code: 'withheld' }]]);
    expect(world.device(0).engine.retired.size).toBe(0);
    const [event] = await world.write(0, update('e', { x: 2 }));
    expect(event?.seq).toBe(4);
  });
});

describe('a peer that comes back while something of its last session is under way', () => {
  it('is served its own wants, not those of the session before', async () => {
    const world = await MeshWorld.create(2, seededRandom(6));
    await world.write(0, update('e', { x: 1 }));
    world.isHeld = ({ type }) => type === 'read-range';
    world.connect(0, 1);
    await world.settle();
    world.disconnect(0, 1);
    world.connect(0, 1);
    await world.settle();
    world.isHeld = () => false;
    await world.settle();
    expect(toldOf(world.device(1), 'refused')).toEqual([]);
    expect(digestOf(world.device(1))).toBe(digestOf(world.device(0)));
  });

  it('is not given credit for what it sent then', async () => {
    const world = await MeshWorld.create(2, seededRandom(7));
    world.isHeld = ({ type, device }) => type === 'commit' && device === world.device(1);
    world.connect(0, 1);
    await world.settle();
    world.disconnect(0, 1);
    world.connect(0, 1);
    await world.settle();
    world.isHeld = () => false;
    await world.settle();
    for (const { answers } of world.devices) {
      expect(answers.filter(({ type }) => type === 'disconnect')).toEqual([]);
    }
    expect(digestOf(world.device(1))).toBe(digestOf(world.device(0)));
  });
});
