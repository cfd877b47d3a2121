import { describe, expect, it } from 'vitest';
import { encodeProtobuf, type ProtobufField, utf8Encode } from '../../../protocol/bytes/index.ts';
import { decodeFrame, encodeFrame, SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { testLog } from '../../support/test-log.ts';

const { origin } = testLog(1);
const number = (tag: number, value: number): ProtobufField => ({ tag, type: 'varint', value });
const bytes = (tag: number, value: Uint8Array): ProtobufField => ({ tag, type: 'bytes', value });
const text = (tag: number, value: string): ProtobufField => bytes(tag, utf8Encode(value));

const entry = { origin, segment: 0, events: 1, seq: 1, sealed: false, commitment: new Uint8Array(32) };

const good = (frame: SyncFrame): void =>
  expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame });

const bad = (frame: Uint8Array): void =>
  expect(decodeFrame(frame)).toMatchObject({ ok: false, fault: { code: 'bad_frame' } });

describe('a frame', () => {
  it('has the layout that its table says', () => {
    const want: SyncFrame = { type: 'want', want: 300, origin, segment: 2, events: 5, sealed: true };
    const layout = [number(1, 4), number(2, 300), text(3, origin), number(4, 2), number(5, 5), number(6, 1)];
    expect(encodeFrame(want)).toEqual(encodeProtobuf(layout));
    good(want);
  });

  it('may hold fields of a later version, which are passed over', () => {
    const later = encodeProtobuf([number(1, 7), number(2, 5), text(99, 'new'), number(100, 1)]);
    expect(decodeFrame(later)).toEqual({ ok: true, value: { type: 'credit', bytes: 5 } });
  });

  it('takes numbers beyond 32 bits', () => {
    for (const value of [2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
      good({ type: 'credit', bytes: value });
      good({ type: 'range', want: value, firstSeq: value, records: [], segmentEnd: true });
    }
  });

  it.each([
    ['nothing', []],
    ['an unknown type', [number(1, 9)]],
    ['a type that is no number', [text(1, 'hello')]],
    [
      'a hello with a short space tag',
      [number(1, 1), number(2, 1), bytes(3, new Uint8Array(15)), bytes(4, new Uint8Array(32))],
    ],
    [
      'a hello with a long digest',
      [number(1, 1), number(2, 1), bytes(3, new Uint8Array(16)), bytes(4, new Uint8Array(33))],
    ],
    ['a hello without a version', [number(1, 1), bytes(3, new Uint8Array(16)), bytes(4, new Uint8Array(32))]],
    ['a frontier entry of rubbish', [number(1, 2), bytes(2, Uint8Array.of(7))]],
    ['an empty frontier entry', [number(1, 2), bytes(2, new Uint8Array())]],
    ['a want of what is no log', [number(1, 4), number(2, 1), text(3, 'x.y'), number(4, 0), number(5, 0)]],
    ['a want without a position', [number(1, 4), number(2, 1), text(3, origin)]],
    ['a range without a want', [number(1, 5), number(4, 1)]],
    ['a range without a place', [number(1, 5), number(2, 1)]],
    ['a want-end without a want', [number(1, 6)]],
    ['a credit without an amount', [number(1, 7)]],
    ['a fault of an unknown code', [number(1, 8), text(2, 'tired'), text(3, 'x')]],
    ['a fault without a message', [number(1, 8), text(2, 'bad_range')]],
    ['a fault that is no UTF-8', [number(1, 8), text(2, 'bad_range'), bytes(3, Uint8Array.of(0xff))]],
  ])('is refused when it is %s', (_, fields) => bad(encodeProtobuf(fields)));

  it('is refused past the size limit, and not at it', () => {
    const sized = (size: number): Uint8Array => {
      const record = new Uint8Array(size);
      return encodeFrame({ type: 'range', want: 1, firstSeq: 1, records: [record], segmentEnd: true });
    };
    const overhead = sized(500_000).length - 500_000;
    const atLimit = sized(SYNC_LIMITS.frameBytesMax - overhead);
    expect(atLimit.length).toBe(SYNC_LIMITS.frameBytesMax);
    expect(decodeFrame(atLimit).ok).toBe(true);
    bad(sized(SYNC_LIMITS.frameBytesMax - overhead + 1));
  });

  it('holds at most so many frontier entries', () => {
    const entries = Array.from({ length: SYNC_LIMITS.frontierEntriesMax }, () => entry);
    good({ type: 'frontier', entries, last: true });
    bad(encodeFrame({ type: 'frontier', entries: [...entries, entry], last: true }));
  });

  it('holds at most so many manifests', () => {
    const manifests = Array.from({ length: SYNC_LIMITS.headsMax }, (_, i) => Uint8Array.of(i));
    good({ type: 'heads', manifests });
    bad(encodeFrame({ type: 'heads', manifests: [...manifests, Uint8Array.of(0)] }));
  });
});
