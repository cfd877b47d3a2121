import { crc32, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAnyBlock } from '../../../node/store/block-layouts.ts';
import { blockKey } from '../../../node/store/record-key.ts';
import {
  CHUNK_BYTES_MAX,
  decodeBlock,
  encodeBlock,
  type SegmentBlock,
} from '../../../node/store/segment-block.ts';
import { utf8Encode } from '../../../protocol/bytes/index.ts';
import { SEGMENT_LIMITS } from '../../../protocol/segment/index.ts';
import { flipByte } from '../../support/spoiled-store.ts';
import { numberedRecords, testLog } from '../../support/test-log.ts';

const key = blockKey(testLog(1).origin, 7);

type Records = readonly (Uint8Array | undefined)[];

/** The records of a block; of those that cannot be read, why. */
const readAll = (block: SegmentBlock | undefined): readonly (Uint8Array | string)[] => {
  const { events, record } = block ?? expect.fail('the block cannot be read');
  return Array.from({ length: events }, (_, index) => {
    const read = record(index);
    return read.ok ? read.value : read.fault.message;
  });
};

const LOST = 'the record was lost before the segment was packed';
const CHANGED = 'the chunk of records that holds it has changed';

/** Half a chunk, so that a chunk has two of them. */
const large = (seed: number): Uint8Array =>
  Uint8Array.from({ length: CHUNK_BYTES_MAX / 2 }, (_, i) => (i * i * seed) >>> 5);

describe('a block', () => {
  const record = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 1, max: 3 * CHUNK_BYTES_MAX }).map((length) => new Uint8Array(length).fill(length)),
    fc.constant(undefined),
  );

  test('gives back any records, and says which are lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), async (records) => {
        const block = decodeAnyBlock(key, await encodeBlock(key, records));
        expect(readAll(block)).toEqual(records.map((one) => one ?? LOST));
      }),
      { numRuns: 200 },
    );
  });

  test('takes a quarter of what records of words have, and hardly more than records that cannot be packed', async () => {
    const words = Array.from({ length: 1000 }, (_, i) =>
      utf8Encode(`{"text":"note ${i} of ${i % 7} words"}`),
    );
    const bytes = words.reduce((sum, { length }) => sum + length, 0);
    expect((await encodeBlock(key, words)).length).toBeLessThan(bytes / 4);
    const noise = zstdCompressSync(Buffer.concat(words));
    expect((await encodeBlock(key, [noise])).length).toBeLessThan(noise.length + 64);
  });

  test('holds a full segment of any size, and not one record or byte more', async () => {
    const full = new Uint8Array(SEGMENT_LIMITS.bytesMax);
    expect(readAll(decodeBlock(key, await encodeBlock(key, [full])))).toEqual([full]);
    const many = numberedRecords(1, SEGMENT_LIMITS.eventsMax);
    expect(readAll(decodeBlock(key, await encodeBlock(key, many)))).toEqual(many);
    await expect(encodeBlock(key, [full, Uint8Array.of(1)])).rejects.toThrow(RangeError);
    await expect(encodeBlock(key, [...many, new Uint8Array()])).rejects.toThrow(RangeError);
  });

  test('has no record beyond its last', async () => {
    const block = decodeBlock(key, await encodeBlock(key, numberedRecords(1, 3)));
    for (const index of [-1, 3]) expect(() => block?.record(index)).toThrow(RangeError);
  });
});

describe('damage of a block', async () => {
  const records: Records = [...numberedRecords(1, 2), large(3), large(5), large(7), ...numberedRecords(6, 2)];
  const value = await encodeBlock(key, records);
  const view = new DataView(value.buffer);
  const chunks = view.getUint16(6);
  const chunksAt = 8 + chunks * 16;
  /** Of each chunk, its records and where it is stored. */
  const places: {
    readonly first: number;
    readonly after: number;
    readonly at: number;
    readonly end: number;
  }[] = [];
  for (let entryAt = 8; entryAt < chunksAt; entryAt += 16) {
    const { after: first, end: at } = places.at(-1) ?? { after: 0, end: chunksAt };
    places.push({ first, after: first + view.getUint32(entryAt), at, end: at + view.getUint32(entryAt + 8) });
  }

  test('is tried on a block of three chunks, of which one is as large as they get', () => {
    expect(places.map(({ first, after }) => [first, after])).toEqual([
      [0, 3],
      [3, 5],
      [5, 7],
    ]);
    expect(places.at(-1)?.end).toBe(value.length);
  });

  test('of any bit of head or table is found, and leaves no record', () => {
    for (let offset = 0; offset < chunksAt; offset += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        expect(decodeAnyBlock(key, flipByte(value, offset, 1 << bit)), `byte ${offset}`).toBeUndefined();
      }
    }
  });

  test('of any byte of a chunk is found, and costs the records of that chunk alone', () => {
    for (const { first, after, at, end } of places) {
      const left = records.map((record, index) => (index >= first && index < after ? CHANGED : record));
      for (let offset = at; offset < end; offset += Math.max(1, Math.floor((end - at) / 40))) {
        for (const bits of [0x01, 0x80, 0xff]) {
          expect(readAll(decodeAnyBlock(key, flipByte(value, offset, bits))), `byte ${offset}`).toEqual(left);
        }
      }
    }
  });

  test('by which it is cut short, or longer, or stands under another key, leaves no record', () => {
    for (let length = 0; length < value.length; length += length < chunksAt ? 1 : 997) {
      expect(decodeAnyBlock(key, value.slice(0, length)), `${length} bytes`).toBeUndefined();
    }
    expect(decodeAnyBlock(key, Uint8Array.of(...value, 0))).toBeUndefined();
    expect(decodeAnyBlock(blockKey(testLog(1).origin, 8), value)).toBeUndefined();
  });
});

describe('a block made to do harm, with checksums that fit', () => {
  interface Entry {
    readonly events: number;
    readonly bytes: number;
    readonly size?: number;
    readonly stored: Uint8Array;
  }

  const blockOf = (...entries: readonly Entry[]): Uint8Array => {
    const head = Buffer.alloc(8 + entries.length * 16);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(entries.length, 6);
    for (const [index, { events, bytes, stored, size = stored.length }] of entries.entries()) {
      for (const [i, number] of [events, bytes, size, crc32(stored)].entries()) {
        head.writeUInt32BE(number, 8 + index * 16 + i * 4);
      }
    }
    head.writeUInt32BE(crc32(head.subarray(4), crc32(key)));
    return new Uint8Array(Buffer.concat([head, ...entries.map(({ stored }) => stored)]));
  };
  const packed = (...bytes: readonly number[]): Uint8Array => zstdCompressSync(Uint8Array.from(bytes));
  const sound: Entry = { events: 2, bytes: 3, stored: packed(2, 0, 65) };
  /** 64 MiB in a few kilobytes. */
  const bomb = zstdCompressSync(new Uint8Array(64 * 1024 * 1024));

  test('is made as sound ones are', () => {
    expect(readAll(decodeBlock(key, blockOf(sound)))).toEqual([Uint8Array.of(65), LOST]);
  });

  test.each<[string, Entry[]]>([
    ['more records than a segment has', [{ ...sound, events: SEGMENT_LIMITS.eventsMax + 1 }]],
    ['more bytes than a segment has', [{ ...sound, bytes: 64 * 1024 * 1024, stored: bomb }]],
    [
      'more bytes in several chunks',
      Array.from({ length: 17 }, () => ({ ...sound, bytes: CHUNK_BYTES_MAX })),
    ],
    ['chunks that reach beyond the block', [{ ...sound, size: 0xffff_ffff }]],
    ['a chunk that leaves something of the block', [{ ...sound, size: 3 }]],
  ])('is refused as a whole: %s', (_, entries) => {
    expect(decodeBlock(key, blockOf(...entries))).toBeUndefined();
  });

  test.each<[string, Entry]>([
    ['that unpacks to more than the table says', { events: 1, bytes: 100, stored: bomb }],
    ['that unpacks to less', { events: 1, bytes: 100, stored: packed(2, 65) }],
    ['whose lengths leave something', { events: 1, bytes: 3, stored: packed(2, 65, 66) }],
    ['whose lengths reach beyond it', { events: 1, bytes: 2, stored: packed(9, 65) }],
    ['with fewer lengths than records', { events: 3, bytes: 2, stored: packed(0, 0) }],
    ['with a length that is none', { events: 1, bytes: 2, stored: packed(0x80, 0) }],
    ['that is cut short', { events: 1, bytes: 2, stored: packed(2, 65).subarray(0, -2) }],
    ['that is none', { events: 1, bytes: 2, stored: Uint8Array.of(1, 2, 3) }],
    ['of no bytes', { events: 1, bytes: 0, stored: new Uint8Array() }],
  ])('is refused a chunk %s, and the other one is read', (_, entry) => {
    const other: Entry = { events: 1, bytes: 2, stored: packed(2, 65) };
    const all = readAll(decodeBlock(key, blockOf(entry, other)));
    expect(all).toEqual([...Array(entry.events).fill(CHANGED), Uint8Array.of(65)]);
  });

  test('is refused a chunk that asks for a window of many megabytes', () => {
    // RFC 8878: magic number, no flags, exponent of the window, head of a last and raw block of 2 bytes, its bytes.
    const frame = (windowLog: number) =>
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3, (2 << 3) | 1, 0, 0, 2, 65);
    const entries = [21, 22, 27].map((log): Entry => ({ events: 1, bytes: 2, stored: frame(log) }));
    expect(readAll(decodeBlock(key, blockOf(...entries)))).toEqual([Uint8Array.of(65), CHANGED, CHANGED]);
  });

  test('never makes a reader throw', () => {
    const entry = fc.record({
      events: fc.integer({ min: 0, max: 6 }),
      bytes: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(0xffff_ffff)),
      stored: fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.uint8Array({ maxLength: 12 }).map((bytes) => new Uint8Array(zstdCompressSync(bytes))),
      ),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const block = decodeAnyBlock(key, blockOf(...entries));
        if (block !== undefined) readAll(block);
      }),
      { numRuns: 500 },
    );
  });
});
