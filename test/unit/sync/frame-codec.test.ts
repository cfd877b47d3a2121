import { describe, expect, it } from 'vitest';
import { base32, encodeProtobuf } from '../../../protocol/bytes/index.ts';
import { publicKeyOf } from '../../../protocol/crypto/index.ts';
import { deviceOf, type Origin } from '../../../protocol/event/index.ts';
import { SEGMENT_LIMITS } from '../../../protocol/segment/index.ts';
import { decodeFrame, encodeFrame, SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { bytes, number, text } from '../../support/protobuf-fields.ts';
import { frontierFrame, hello, spelled } from '../../support/session-side.ts';
import { testLog } from '../../support/test-log.ts';

const { origin } = testLog(1);
const { origin: other } = testLog(1, 'bbbbbbbb');

const commitment = new Uint8Array(32).fill(7);
const entry = { origin, segment: 0, events: 1, seq: 1, sealed: false, frozen: false, commitment };

const keyOf = (log: Origin): Uint8Array => publicKeyOf(deviceOf(log));
const incarnationOf = (log: Origin): Uint8Array => base32.decode(log.slice(-8)) as Uint8Array;

/** The name of the test log, spelled out as the first of its frame. */
const NAME = [0, 0, ...keyOf(origin), ...incarnationOf(origin)];

const good = (frame: SyncFrame): void =>
  expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame });

const bad = (frame: Uint8Array): void =>
  expect(decodeFrame(frame)).toMatchObject({ ok: false, fault: { code: 'bad_frame' } });

describe('a frame', () => {
  it('has the layout that its table says: want', () => {
    const want: SyncFrame = {
      type: 'want',
      want: 300,
      log: { type: 'origin', origin },
      segment: 2,
      events: 5,
      until: 4,
    };
    const layout = [
      number(1, 4),
      number(2, 300),
      bytes(3, Uint8Array.from(NAME)),
      number(4, 2),
      number(5, 5),
      number(6, 4),
    ];
    expect(encodeFrame(want)).toEqual(encodeProtobuf(layout));
    good(want);
    good({ ...want, until: 2 });
    expect(encodeFrame({ ...want, until: 2 })).toEqual(encodeProtobuf(layout.slice(0, -1)));
  });

  it('is not kept in memory by the entries that are remembered of it', () => {
    const decoded = decodeFrame(Buffer.from(encodeFrame(frontierFrame({ entries: [spelled(entry)] }))));
    if (!decoded.ok || decoded.value.type !== 'frontier') throw new Error('not a frontier');
    const [told] = decoded.value.entries;
    expect(told?.commitment).toEqual(commitment);
    expect(told?.commitment.buffer.byteLength).toBe(commitment.length);
  });

  it('has the layout that its table says: frontier', () => {
    const frame = frontierFrame({
      entries: [
        { ...spelled(entry), segment: 300, sealed: true },
        spelled({
          ...entry,
          origin: other,
          frozen: true,
          segment: 0,
          events: 0,
          commitment: new Uint8Array(32),
        }),
        { ...spelled(entry), log: { type: 'alias', by: 'sender', number: 3 } },
      ],
      arrivals: 9,
      last: true,
      held: { arrivals: 5, missing: [{ type: 'alias', by: 'receiver', number: 64 }] },
    });
    const layout = [
      number(1, 2),
      bytes(2, Uint8Array.from([...NAME, 1, 0xac, 2, 1, 1, ...commitment])),
      bytes(2, Uint8Array.from([0, 0, ...incarnationOf(other), 2, 1])),
      bytes(2, Uint8Array.from([7, 0, 0, 1, 1, ...commitment])),
      number(3, 9),
      number(4, 1),
      number(5, 5),
      bytes(6, Uint8Array.of(0x82, 1)),
    ];
    expect(encodeFrame(frame)).toEqual(encodeProtobuf(layout));
    good(frame);
  });

  it('has the layout that its table says: range', () => {
    const frame: SyncFrame = {
      type: 'range',
      want: 1,
      manifest: Uint8Array.of(9),
      records: [Uint8Array.of(5), new Uint8Array(200)],
      follows: 'records',
    };
    const packed = bytes(4, Uint8Array.from([1, 5, 200, 1, ...new Uint8Array(200)]));
    const layout = [number(1, 5), number(2, 1), bytes(3, Uint8Array.of(9)), packed, number(5, 2)];
    expect(encodeFrame(frame)).toEqual(encodeProtobuf(layout));
    good(frame);
  });

  it('may hold fields of a later version, which are passed over', () => {
    const later = encodeProtobuf([number(1, 7), number(2, 5), text(99, 'new'), number(100, 1)]);
    expect(decodeFrame(later)).toEqual({ ok: true, value: { type: 'credit', bytes: 5 } });
  });

  it('takes numbers beyond 32 bits', () => {
    for (const value of [2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
      good({ type: 'credit', bytes: value });
      good({ type: 'range', want: value, records: [], follows: 'nothing' });
      good(frontierFrame({ entries: [spelled({ ...entry, segment: value, events: value, seq: value })] }));
    }
  });

  it('has the layout that its table says: frontier that brings records', () => {
    const told = { ...spelled(entry), events: 2 };
    const manifest = Uint8Array.of(1, 2, 3);
    const records = [Uint8Array.of(4), Uint8Array.of(5, 6)];
    const plain = frontierFrame({ entries: [told] });
    const frame = { ...plain, brought: { manifest, records } };
    expect(encodeFrame(frame)).toEqual(
      Uint8Array.of(
        ...encodeFrame(plain),
        ...encodeProtobuf([bytes(7, manifest), bytes(8, Uint8Array.of(1, 4, 2, 5, 6))]),
      ),
    );
    good(frame);
    good({ ...frame, entries: [told, spelled(entry)] });
    const seal = { ...plain, entries: [{ ...told, sealed: true }], brought: { manifest, records: [] } };
    good(seal);
    const large = new Uint8Array(SYNC_LIMITS.broughtBytesMax);
    good({ ...plain, brought: { manifest, records: [large] } });
    for (const wrong of [
      { ...frame, last: true },
      { ...frame, entries: [] },
      { ...frame, entries: [{ ...told, events: 1 }] },
      { ...seal, entries: [told] },
      {
        ...plain,
        entries: [spelled({ ...entry, frozen: true, events: 0, segment: 0 })],
        brought: frame.brought,
      },
      { ...plain, brought: { manifest, records: [large, Uint8Array.of(1)] } },
    ])
      bad(encodeFrame(wrong));
    bad(Uint8Array.of(...encodeFrame(plain), ...encodeProtobuf([bytes(8, Uint8Array.of(1, 4))])));
    bad(Uint8Array.of(...encodeFrame(frame).slice(0, -1)));
  });

  const digest = new Uint8Array(16);
  const greeting = [number(1, 1), number(2, 1), bytes(3, new Uint8Array(8)), text(4, 'a'), number(5, 1)];

  it.each([
    ['nothing', []],
    ['an unknown type', [number(1, 99)]],
    ['a type that is no number', [text(1, 'hello')]],
    ['a hello without a digest', greeting],
    ['a hello with a long digest', [...greeting, bytes(6, new Uint8Array(17))]],
    ['a hello without a version', [greeting[0], ...greeting.slice(2), bytes(6, digest)]],
    [
      'a hello with a short space tag',
      [number(1, 1), number(2, 1), bytes(3, new Uint8Array(7)), text(4, 'a'), number(5, 1), bytes(6, digest)],
    ],
    ['a compare without arrivals', [number(1, 3), bytes(2, digest)]],
    ['a compare with a short digest', [number(1, 3), bytes(2, new Uint8Array(15)), number(3, 1)]],
    ['a frontier without arrivals', [number(1, 2)]],
    ['a frontier entry of rubbish', [number(1, 2), bytes(2, Uint8Array.of(7)), number(3, 1)]],
    ['an empty frontier entry', [number(1, 2), bytes(2, new Uint8Array()), number(3, 1)]],
    [
      'a frontier entry with bytes left over',
      [number(1, 2), bytes(2, Uint8Array.from([7, 2, 1, 9])), number(3, 1)],
    ],
    [
      'a frontier entry both sealed and frozen',
      [number(1, 2), bytes(2, Uint8Array.from([7, 3, 0, 0, 1, ...commitment])), number(3, 1)],
    ],
    [
      'a frontier entry of a device that is not in the frame',
      [number(1, 2), bytes(2, Uint8Array.from([0, 1, ...incarnationOf(origin), 2, 1])), number(3, 1)],
    ],
    [
      'a frontier entry of a key for which anyone could sign',
      [number(1, 2), bytes(2, Uint8Array.from([0, 0, ...new Uint8Array(37), 2, 1])), number(3, 1)],
    ],
    [
      'a missing log that is spelled out',
      [number(1, 2), number(3, 1), number(5, 1), bytes(6, Uint8Array.from(NAME))],
    ],
    ['a look at no path', [number(1, 10), text(2, 'xyz')]],
    ['a node without a path', [number(1, 11)]],
    ['a node with half of its children', [number(1, 11), text(2, ''), bytes(3, new Uint8Array(8 * 16))]],
    [
      'a want of nothing',
      [number(1, 4), number(2, 1), bytes(3, new Uint8Array()), number(4, 0), number(5, 0)],
    ],
    [
      'a want of two logs',
      [number(1, 4), number(2, 1), bytes(3, Uint8Array.of(1, 1)), number(4, 0), number(5, 0)],
    ],
    ['a want without a position', [number(1, 4), number(2, 1), bytes(3, Uint8Array.of(1))]],
    ['a range without a want', [number(1, 5)]],
    ['a range that goes on in an unknown way', [number(1, 5), number(2, 1), number(5, 3)]],
    ['a range with a record cut short', [number(1, 5), number(2, 1), bytes(4, Uint8Array.of(2, 1))]],
    ['a want-end without a want', [number(1, 6)]],
    ['a credit without an amount', [number(1, 7)]],
    ['a fault of an unknown code', [number(1, 8), text(2, 'tired'), text(3, 'x')]],
    ['a fault without a message', [number(1, 8), text(2, 'bad_range')]],
    ['a fault that is no UTF-8', [number(1, 8), text(2, 'bad_range'), bytes(3, Uint8Array.of(0xff))]],
    ['evidence of nothing', [number(1, 9)]],
  ])('is refused when it is %s', (_, fields) =>
    bad(encodeProtobuf(fields.filter((field) => field !== undefined))),
  );
});

describe('at its limit, and not past it', () => {
  it('is the size of a frame', () => {
    const sized = (size: number): Uint8Array =>
      encodeFrame({ type: 'range', want: 1, records: [new Uint8Array(size)], follows: 'nothing' });
    const overhead = sized(500_000).length - 500_000;
    const atLimit = sized(SYNC_LIMITS.frameBytesMax - overhead);
    expect(atLimit.length).toBe(SYNC_LIMITS.frameBytesMax);
    expect(decodeFrame(atLimit).ok).toBe(true);
    bad(sized(SYNC_LIMITS.frameBytesMax - overhead + 1));
  });

  const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const alias = (i: number) => ({ type: 'alias', by: 'sender', number: i }) as const;
  const told = (count: number) => many(count, (i) => ({ ...spelled(entry), log: alias(i) }));

  it.each<[string, number, (count: number) => SyncFrame]>([
    [
      'entries of a frontier',
      SYNC_LIMITS.frontierEntriesMax,
      (count) => frontierFrame({ entries: told(count) }),
    ],
    [
      'logs that are missing',
      SYNC_LIMITS.missingMax,
      (count) => frontierFrame({ held: { arrivals: 1, missing: many(count, alias) } }),
    ],
    ['paths of a look', SYNC_LIMITS.looksMax, (count) => ({ type: 'look', paths: many(count, () => 'a1') })],
    ['digits of a path', 64, (count) => ({ type: 'look', paths: ['f'.repeat(count)] })],
    [
      'entries of a node',
      SYNC_LIMITS.treeLeafEntries,
      (count) => ({ type: 'node', path: '', content: { type: 'entries', entries: told(count) } }),
    ],
    [
      'records of a range',
      SEGMENT_LIMITS.eventsMax,
      (count) => ({
        type: 'range',
        want: 1,
        records: many(count, () => new Uint8Array(1)),
        follows: 'nothing',
      }),
    ],
    ['bytes of a store id', SYNC_LIMITS.storeIdBytesMax, (count) => hello({ storeId: 'x'.repeat(count) })],
    [
      'bytes of evidence',
      SYNC_LIMITS.evidenceBytesMax,
      (count) => ({ type: 'evidence', evidence: new Uint8Array(count) }),
    ],
  ])('is the number of %s', (_, limit, frame) => {
    good(frame(limit));
    bad(encodeFrame(frame(limit + 1)));
  });

  it('is the id of a store, which is not empty either', () => bad(encodeFrame(hello({ storeId: '' }))));

  it('is a hello with all that it may carry under 200 bytes', () => {
    const storeId = 'a'.repeat(SYNC_LIMITS.storeIdBytesMax);
    const arrivals = Number.MAX_SAFE_INTEGER;
    const frame = encodeFrame(hello({ storeId, arrivals, cursor: { storeId, arrivals } }));
    expect(frame.length).toBeLessThan(198);
  });
});
