import { describe, expect, it } from 'vitest';
import { PartialSegments } from '../../../protocol/engine/partial-segments.ts';
import { type PartialSegment, SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { MeshWorld, seededRandom } from '../../support/mesh-world.ts';
import { testLog } from '../../support/test-log.ts';
import { numberedSigner } from '../../support/test-signer.ts';
import { digestsIn, strikesOf, toldOf } from '../../support/world-answers.ts';

type Range = Extract<SyncFrame, { type: 'range' }>;

/** Enough for several frames, in one segment. */
const MANY = Array.from({ length: 80 }, (_, i) => update(`e${i}`, { text: `${i}`.padEnd(900, '.') }));

/** A world whose first device has written much while alone; what devices get of it is counted. */
const worldWithMuch = async (devices: number) => {
  const world = await MeshWorld.create(devices, seededRandom(11));
  await world.write(0, ...MANY);
  const counted = { records: 0, asked: [] as number[] };
  world.arriving = (frame) => {
    if (frame.type === 'range') counted.records += frame.records.length;
    if (frame.type === 'want') counted.asked.push(frame.events);
  };
  return { world, counted, length: world.device(0).engine.replica.counts.events };
};

/** Connects a device to another one and breaks the connection when some frames of a range have come. */
const breakOff = async (
  world: MeshWorld,
  from: number,
  to: number,
  change: (range: Range, before: number) => SyncFrame = (range) => range,
): Promise<void> => {
  let came = 0;
  world.passing = (frame, sender) => {
    if (frame.type !== 'range' || sender !== world.device(from)) return frame;
    came += 1;
    return came > 2 ? undefined : change(frame, came - 1);
  };
  world.connect(from, to);
  await world.settle();
  expect(came).toBeGreaterThan(2);
  world.disconnect(from, to);
  world.passing = (frame) => frame;
};

describe('a segment of which a part had come when the connection broke', () => {
  it('goes on where it broke off, as often as it breaks', async () => {
    const { world, counted, length } = await worldWithMuch(2);
    await breakOff(world, 0, 1);
    const first = counted.records;
    await breakOff(world, 0, 1);
    const second = counted.records;
    world.connect(0, 1);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect([counted.asked, counted.records]).toEqual([[0, first, second], length]);
    expect(second).toBeGreaterThan(first);
  });

  it('goes on with the newest head where the log has grown', async () => {
    const { world, counted, length } = await worldWithMuch(2);
    await breakOff(world, 0, 1);
    await world.write(0, update('later', { x: 1 }));
    world.connect(0, 1);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect(counted.records).toBe(length + 1);
  });

  it('is asked for from its beginning where another device sends it', async () => {
    const { world, counted, length } = await worldWithMuch(3);
    world.connect(0, 2);
    await world.settle();
    counted.records = 0;
    counted.asked.length = 0;
    await breakOff(world, 0, 1);
    world.disconnect(0, 2);
    counted.records = 0;
    world.connect(1, 2);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect([counted.asked, counted.records]).toEqual([[0, 0], length]);
  });

  it('is asked for anew, and nobody is blamed, where the rest does not belong to it', async () => {
    const { world, counted, length } = await worldWithMuch(2);
    await breakOff(world, 0, 1, (range) => ({
      ...range,
      records: range.records.map((record) => record.with(9, 0x5a)),
    }));
    const spoilt = counted.records;
    world.connect(0, 1);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect(counted.asked).toEqual([0, spoilt, 0]);
    expect(counted.records).toBe(2 * length);
    expect([toldOf(world.device(1), 'refused'), strikesOf(world.device(1))]).toEqual([[], []]);
  });

  it('is asked for anew, and nobody is blamed, where there is no rest', async () => {
    const { world, counted } = await worldWithMuch(2);
    await breakOff(world, 0, 1);
    const part = counted.records;
    let ended: number | undefined;
    world.passing = (frame, from) => {
      if (frame.type !== 'range' || from !== world.device(0)) return frame;
      if (ended === frame.want) return undefined;
      if (ended !== undefined) return frame;
      ended = frame.want;
      return { type: 'want-end', want: frame.want };
    };
    world.connect(0, 1);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect(counted.asked).toEqual([0, part, 0]);
    const [peer] = world.device(1).engine.peers();
    expect([...(peer?.disputed ?? [])]).toEqual([]);
  });

  it('is asked for anew where the peer had broken the protocol', async () => {
    const { world, counted } = await worldWithMuch(2);
    world.passing = (frame) => (frame.type === 'range' ? { ...frame, follows: 'records' } : frame);
    world.connect(0, 1);
    await world.settle();
    world.step(world.device(1), {
      type: 'frame',
      peer: world.device(0).id,
      frame: Uint8Array.of(0xff),
    });
    await world.settle();
    world.disconnect(0, 1);
    world.passing = (frame) => frame;
    world.connect(0, 1);
    await world.settle();
    expect(digestsIn(world).size).toBe(1);
    expect(counted.asked).toEqual([0, 0]);
  });
});

describe('the parts of segments that are kept', () => {
  const part: PartialSegment = {
    origin: testLog(1).origin,
    segment: 0,
    skipped: 0,
    records: [Uint8Array.of(1)],
  };
  const peers = Array.from(
    { length: SYNC_LIMITS.partialSegmentsMax + 1 },
    (_, i) => numberedSigner(i + 1).device,
  );

  it('are those of the last peers alone', () => {
    const parts = new PartialSegments();
    for (const peer of peers) parts.keep(peer, part);
    expect(peers.map((peer) => parts.take(peer))).toEqual([undefined, ...peers.slice(1).map(() => part)]);
  });

  it('are handed out once', () => {
    const parts = new PartialSegments();
    const [peer] = peers as [(typeof peers)[number]];
    parts.keep(peer, part);
    expect([parts.take(peer), parts.take(peer)]).toEqual([part, undefined]);
  });
});
