import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FRAME_BYTES_MAX, FrameDecoder } from '../../../transports/frame.ts';

/** Joins encoded frames and cuts the bytes at the given places. */
const chunksOf = (frames: readonly Uint8Array[], cuts: readonly number[]): readonly Uint8Array[] => {
  const all = new Uint8Array(Buffer.concat(frames.map(encodeFrame)));
  const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
  return places.slice(1).map((end, i) => all.subarray(places[i], end));
};

describe('frames', () => {
  test('are a varint length and the data', () => {
    expect(encodeFrame(Uint8Array.of(7, 8))).toEqual(Uint8Array.of(2, 7, 8));
    expect([...encodeFrame(new Uint8Array(300)).subarray(0, 3)]).toEqual([0xac, 0x02, 0]);
  });

  test('come out as they went in, however the stream is cut', () => {
    const frame = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(20_000).fill(1)));
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (frames, cuts) => {
          const decoder = new FrameDecoder();
          const out = chunksOf(frames, cuts).flatMap((chunk) => {
            const { frames: decoded, fault } = decoder.push(chunk);
            expect(fault).toBeUndefined();
            return decoded;
          });
          expect(out).toEqual(frames);
        },
      ),
    );
  });

  test('are plain Uint8Arrays even when the stream hands over Buffers', () => {
    const [frame] = new FrameDecoder().push(Buffer.from([1, 9])).frames;
    expect(Buffer.isBuffer(frame)).toBe(false);
    expect(frame).toEqual(Uint8Array.of(9));
  });

  test('may be as long as the limit, and not one byte longer', () => {
    const largest = encodeFrame(new Uint8Array(FRAME_BYTES_MAX));
    expect(new FrameDecoder().push(largest).frames[0]?.length).toBe(FRAME_BYTES_MAX);
    expect(() => encodeFrame(new Uint8Array(FRAME_BYTES_MAX + 1))).toThrow(RangeError);
    // 0x80001 = 2^19 + 1
    const { frames, fault } = new FrameDecoder().push(Uint8Array.of(0x81, 0x80, 0x20, 0));
    expect([frames, fault?.code]).toEqual([[], 'frame_too_long']);
  });

  test.each([
    ['a length of four bytes', [0xff, 0xff, 0xff, 0x01], 'frame_too_long'],
    ['a length that never ends', [0x80, 0x80, 0x80], 'frame_too_long'],
    ['a length that is not in its shortest form', [0x81, 0x00], 'bad_frame_length'],
  ])('%s is a fault', (_, bytes, code) => {
    expect(new FrameDecoder().push(Uint8Array.from(bytes)).fault?.code).toBe(code);
    const byByte = new FrameDecoder();
    expect(bytes.map((byte) => byByte.push(Uint8Array.of(byte)).fault?.code).at(-1)).toBe(code);
  });

  test('before a fault are still delivered, and none after it', () => {
    const decoder = new FrameDecoder();
    const { frames, fault } = decoder.push(Uint8Array.of(1, 5, 0x81, 0x00, 1, 6));
    expect([frames, fault?.code]).toEqual([[Uint8Array.of(5)], 'bad_frame_length']);
    expect(decoder.push(Uint8Array.of(1, 7))).toEqual({ frames: [], fault });
  });

  test('end in good order between two frames, and within one with a fault', () => {
    const decoder = new FrameDecoder();
    decoder.push(encodeFrame(Uint8Array.of(1, 2)));
    expect(decoder.end()).toBeUndefined();
    for (const cut of [Uint8Array.of(0x80), Uint8Array.of(2), Uint8Array.of(2, 1)]) {
      const cutOff = new FrameDecoder();
      cutOff.push(cut);
      expect(cutOff.end()?.code).toBe('frame_truncated');
      expect(cutOff.push(Uint8Array.of(1, 1)).frames).toEqual([]);
    }
  });

  test('of hostile bytes never throw and never hold more than one frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (chunks) => {
        const decoder = new FrameDecoder();
        for (const chunk of chunks) {
          for (const frame of decoder.push(chunk).frames)
            expect(frame.length).toBeLessThanOrEqual(FRAME_BYTES_MAX);
        }
      }),
    );
  });
});
