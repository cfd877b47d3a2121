import { readVarint, writeVarint } from '../protocol/bytes/index.ts';
import type { Fault } from '../protocol/fault/index.ts';

/**
 * Most bytes of data in one frame: docs/protocol/sync.md, "Frames". The
 * length prefix is not counted.
 */
export const FRAME_BYTES_MAX = 512 * 1024;

/** A length up to {@link FRAME_BYTES_MAX} takes at most 3 bytes as an unsigned varint. */
const PREFIX_BYTES_MAX = 3;

/** Why the bytes of a stream cannot be cut into frames. */
export type FrameFault = 'frame_too_long' | 'bad_frame_length' | 'frame_truncated';

/** What one chunk completed: the frames in order, and the fault that ends the stream after them, if any. */
export interface FrameBatch {
  readonly frames: readonly Uint8Array[];
  readonly fault: Fault<FrameFault> | undefined;
}

/**
 * One frame as it travels: `unsigned varint length | data`. libp2p streams keep no message boundaries
 * (fact 3), so everything on them is framed.
 * @throws RangeError when the data is longer than {@link FRAME_BYTES_MAX}
 */
export const encodeFrame = (data: Uint8Array): Uint8Array => {
  if (data.length > FRAME_BYTES_MAX) {
    throw new RangeError(`a frame holds at most ${FRAME_BYTES_MAX} bytes, not ${data.length}`);
  }
  const prefix: number[] = [];
  writeVarint(prefix, data.length);
  const out = new Uint8Array(prefix.length + data.length);
  out.set(prefix);
  out.set(data, prefix.length);
  return out;
};

/**
 * Cuts a byte stream into frames, however it was chunked. It never holds more than one unfinished frame, so
 * its memory is bounded by the longest one. A frame may be a view of the chunk that was pushed.
 */
export class FrameDecoder {
  readonly #bytesMax: number;
  #prefix: number[] = [];
  #body: Uint8Array | undefined;
  #filled = 0;
  #fault: Fault<FrameFault> | undefined;

  /** @param bytesMax bytes of the longest frame, at most {@link FRAME_BYTES_MAX} */
  constructor(bytesMax = FRAME_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** Takes the next bytes. After a fault nothing more is decoded, and each batch repeats the fault. */
  push(bytes: Uint8Array): FrameBatch {
    // Node hands over Buffers, whose slice() is a view where everyone else expects a copy.
    const chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length && this.#fault === undefined) {
      if (this.#body !== undefined) {
        at += this.#fill(this.#body, chunk.subarray(at), frames);
        continue;
      }
      const length = this.#readPrefixByte(chunk[at] ?? 0);
      at += 1;
      if (length === undefined) continue;
      if (length <= chunk.length - at) {
        frames.push(chunk.subarray(at, at + length));
        at += length;
      } else {
        this.#body = new Uint8Array(length);
        this.#filled = 0;
      }
    }
    return { frames, fault: this.#fault };
  }

  /** The stream has ended in good order; gives the fault if that was within a frame. */
  end(): Fault<FrameFault> | undefined {
    if (this.#body === undefined && this.#prefix.length === 0) return this.#fault;
    this.#fault ??= { code: 'frame_truncated', message: 'the stream ended within a frame' };
    return this.#fault;
  }

  /** Adds what the chunk has of the frame under way; gives how many bytes it took. */
  #fill(body: Uint8Array, chunk: Uint8Array, frames: Uint8Array[]): number {
    const part = chunk.subarray(0, body.length - this.#filled);
    body.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled === body.length) {
      frames.push(body);
      this.#body = undefined;
    }
    return part.length;
  }

  /** Takes one byte of a length prefix; gives the length once it is complete and allowed. */
  #readPrefixByte(byte: number): number | undefined {
    this.#prefix.push(byte);
    if (byte >= 0x80) {
      if (this.#prefix.length >= PREFIX_BYTES_MAX) {
        this.#fault = { code: 'frame_too_long', message: `a frame is longer than ${this.#bytesMax} bytes` };
      }
      return undefined;
    }
    const length = readVarint(Uint8Array.from(this.#prefix), 0)?.value;
    this.#prefix = [];
    if (length === undefined) {
      this.#fault = {
        code: 'bad_frame_length',
        message: 'the length of a frame is not a varint in its shortest form',
      };
    } else if (length > this.#bytesMax) {
      this.#fault = {
        code: 'frame_too_long',
        message: `a frame of ${length} bytes is longer than ${this.#bytesMax} bytes`,
      };
      return undefined;
    }
    return length;
  }
}
