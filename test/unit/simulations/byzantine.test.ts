import { describe, expect, test } from 'vitest';
import { decodeManifest, encodeManifest, verifyManifest } from '../../../protocol/manifest/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import {
  decodeFrame,
  decodeGossip,
  encodeFrame,
  encodeGossip,
  SYNC_LIMITS,
  SYNC_VERSION,
  type SyncFrame,
} from '../../../protocol/sync/index.ts';
import { Impostor } from '../../../simulations/byzantine/index.ts';
import { Draws } from '../../../simulations/draws/index.ts';
import { DECEITS, type Deceit, type Goal } from '../../../simulations/plan/index.ts';
import { numberedRecords, signRange, TEST_SPACE, testLog } from '../../support/test-log.ts';

const ALWAYS = 1_000_000;
const log = testLog(1);
const { manifest } = signRange(log, undefined, numberedRecords(1, 3));
const head = encodeManifest(manifest);
const gossip = encodeGossip({ manifests: [head], evidence: [] });

const range: SyncFrame = {
  type: 'range',
  want: 1,
  manifest: head,
  records: numberedRecords(1, 3),
  follows: 'nothing',
};
const frontier: SyncFrame = {
  type: 'frontier',
  entries: [
    {
      log: { type: 'origin', origin: log.origin },
      segment: 0,
      events: 3,
      seq: 3,
      sealed: false,
      frozen: false,
      commitment: new Uint8Array(32),
    },
  ],
  arrivals: 1,
  last: true,
};
const hello = (digest: number): SyncFrame => ({
  type: 'hello',
  version: SYNC_VERSION,
  spaceTag: new Uint8Array(8),
  storeId: 'store',
  arrivals: 1,
  frontierDigest: new Uint8Array(16).fill(digest),
});

/** A device that deceives, and what has left it. */
const impostorOf = (...deceits: readonly Deceit[]) => {
  const sent: Uint8Array[] = [];
  const published: Uint8Array[] = [];
  const goals = new Set<Goal>();
  const impostor = new Impostor(1, new Draws(5n), {
    network: {
      send: (_, __, frame) => void sent.push(frame),
      publish: (_, message) => void published.push(message),
    },
    showed: (goal) => void goals.add(goal),
  });
  for (const deceit of deceits) impostor.begin(deceit, ALWAYS);
  const frames = (): readonly (SyncFrame | undefined)[] =>
    sent.map((bytes) => {
      const frame = decodeFrame(bytes);
      return frame.ok ? frame.value : undefined;
    });
  return { impostor, sent, published, goals, frames };
};

describe('a device that deceives', () => {
  test('is honest as long as it does not, and again afterwards', () => {
    const { impostor, sent, published, goals } = impostorOf();
    for (const deceit of DECEITS) {
      impostor.begin(deceit, ALWAYS);
      impostor.end(deceit);
    }
    const frames = [hello(1), frontier, range].map(encodeFrame);
    for (const frame of frames) {
      expect(impostor.receive(2, frame)).toBe(true);
      impostor.send(2, frame);
    }
    impostor.publish(gossip);
    impostor.heard(gossip);
    expect([sent, published, goals.size]).toEqual([frames, [gossip], 0]);
  });

  test('changes bytes of frames, cuts them, or makes them longer than they may be', () => {
    const bytes = encodeFrame(range);
    const one = impostorOf('mutated-bytes');
    one.impostor.send(2, bytes);
    const [mutated = new Uint8Array()] = one.sent;
    expect(mutated.length).toBe(bytes.length);
    expect(bytes.filter((byte, i) => byte !== mutated[i])).toHaveLength(1);

    const other = impostorOf('truncated-frames');
    other.impostor.send(2, bytes);
    const [cut = new Uint8Array()] = other.sent;
    expect(cut).toEqual(bytes.slice(0, cut.length));
    expect(cut.length).toBeLessThan(bytes.length);

    const long = impostorOf('oversize-frames');
    long.impostor.send(2, bytes);
    expect(long.sent[0]?.length).toBeGreaterThan(SYNC_LIMITS.frameBytesMax);
    expect(long.frames()).toEqual([undefined]);
    expect([...one.goals, ...other.goals, ...long.goals]).toEqual([
      'frame-mutated',
      'frame-truncated',
      'frame-oversize',
    ]);
  });

  test('signs manifests otherwise, in frames and in gossip, such that they are read and do not verify', () => {
    const { impostor, published, frames } = impostorOf('bad-signatures');
    impostor.send(2, encodeFrame(range));
    impostor.publish(gossip);
    const [frame] = frames();
    const message = decodeGossip(published[0] ?? new Uint8Array());
    const spoilt = [
      frame?.type === 'range' ? frame.manifest : undefined,
      message.ok ? message.value.manifests[0] : undefined,
    ];
    for (const bytes of spoilt) {
      const read = decodeManifest(bytes ?? new Uint8Array());
      const verdict = read.ok && verifyManifest(portableCrypto, read.value, { space: TEST_SPACE });
      expect(verdict).toMatchObject({ ok: false, fault: { code: 'bad_signature' } });
    }
  });

  test('tells of more than there is', () => {
    const { impostor, frames } = impostorOf('false-frontiers');
    impostor.send(2, encodeFrame(frontier));
    const [frame] = frames();
    const [entry] = frame?.type === 'frontier' ? frame.entries : [];
    expect(entry?.seq).toBeGreaterThan(3);
    expect(entry?.events).toBe(entry?.seq);
    expect(entry?.commitment).not.toEqual(new Uint8Array(32));
  });

  test('says that it holds what each peer holds, once it knows that', () => {
    const { impostor, frames } = impostorOf('feigned-sync');
    impostor.send(2, encodeFrame(hello(1)));
    impostor.receive(2, encodeFrame(hello(7)));
    impostor.receive(3, encodeFrame(hello(8)));
    impostor.send(2, encodeFrame(hello(1)));
    impostor.send(3, encodeFrame({ type: 'compare', arrivals: 1 }));
    expect(frames()).toEqual([
      hello(1),
      hello(7),
      { type: 'compare', arrivals: 1, frontierDigest: new Uint8Array(16).fill(8) },
    ]);
  });

  test('greets as a later version would', () => {
    const { impostor, frames } = impostorOf('newer-version');
    impostor.send(2, encodeFrame(hello(1)));
    impostor.send(2, encodeFrame(frontier));
    expect(frames()).toEqual([{ ...hello(1), version: SYNC_VERSION + 1 }, frontier]);
  });

  test('keeps back what is wanted, with and without a word', () => {
    const { impostor, frames } = impostorOf('withheld-ranges');
    const name = { type: 'origin', origin: log.origin } as const;
    for (let want = 1; want <= 40; want += 1) {
      const frame = encodeFrame({ type: 'want', want, log: name, segment: 0, events: 0, until: 0 });
      expect(impostor.receive(2, frame)).toBe(false);
    }
    const said = frames();
    expect(said.every((frame) => frame?.type === 'want-end')).toBe(true);
    expect(said.length).toBeGreaterThan(5);
    expect(said.length).toBeLessThan(35);
    expect(impostor.receive(2, encodeFrame(range))).toBe(true);
  });

  test('wants what it has been told of again and again, and throws the answers away', () => {
    const { impostor, frames } = impostorOf('endless-wants');
    impostor.send(2, encodeFrame(hello(1)));
    expect(frames()).toEqual([hello(1)]);
    expect(impostor.receive(2, encodeFrame(frontier))).toBe(true);
    for (let i = 0; i < 3; i += 1) impostor.send(2, encodeFrame(hello(1)));
    const wants = frames().flatMap((frame) => (frame?.type === 'want' ? [frame.want] : []));
    expect(new Set(wants).size).toBe(3);
    expect(impostor.receive(2, encodeFrame({ ...range, want: wants[0] ?? 0 }))).toBe(false);
    expect(frames().at(-1)).toEqual({
      type: 'credit',
      bytes: numberedRecords(1, 3).reduce((sum, { length }) => sum + length, 0),
    });
    expect(impostor.receive(2, encodeFrame(range))).toBe(true);
  });

  test('says again what it has said or heard before', () => {
    const { impostor, frames, published } = impostorOf('replayed-frames', 'replayed-gossip');
    impostor.send(2, encodeFrame(hello(1)));
    impostor.send(2, encodeFrame(frontier));
    expect(frames()).toEqual([hello(1), frontier, hello(1)]);
    impostor.heard(gossip);
    expect(published).toEqual([gossip]);
  });

  test('in one way deceives in it as if there were no other one', () => {
    const bytes = encodeFrame(range);
    const [alone, beside] = [
      impostorOf('mutated-bytes'),
      impostorOf('mutated-bytes', 'endless-wants', 'withheld-ranges'),
    ];
    const want: SyncFrame = {
      type: 'want',
      want: 1,
      log: { type: 'origin', origin: log.origin },
      segment: 0,
      events: 0,
      until: 0,
    };
    beside.impostor.receive(2, encodeFrame(want));
    beside.sent.length = 0;
    for (const { impostor } of [alone, beside]) for (let i = 0; i < 5; i += 1) impostor.send(2, bytes);
    expect(beside.sent).toEqual(alone.sent);
  });
});
