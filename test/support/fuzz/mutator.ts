/** Numbers at which lengths and counts are apt to be handled wrongly. */
const TELLING_BYTES = [0x00, 0x01, 0x02, 0x0a, 0x7f, 0x80, 0x81, 0xfe, 0xff] as const;

/** Most changes to one input. */
const CHANGES_MAX = 4;

/** Bytes that are inserted, doubled or taken out in one go. */
const PIECE_BYTES_MAX = 40;

/**
 * Makes bad bytes out of good ones. The same seed gives the same inputs in the same order; the generator is
 * mulberry32, which is fast and good enough to choose places.
 */
export class Mutator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 up to `below`. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let hash = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
    return Math.floor((((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** Good bytes with some changes; `others` lend pieces. */
  mutate(good: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
    let bytes = Uint8Array.from(good);
    const changes = 1 + this.below(CHANGES_MAX);
    for (let change = 0; change < changes; change += 1) bytes = this.#change(bytes, others);
    return bytes;
  }

  #change(bytes: Uint8Array<ArrayBuffer>, others: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const at = this.below(bytes.length + 1);
    const count = 1 + this.below(PIECE_BYTES_MAX);
    switch (this.below(8)) {
      case 0: {
        const bit = this.below(8);
        return this.#set(bytes, at, (byte) => byte ^ (1 << bit));
      }
      case 1: {
        const telling = this.pick(TELLING_BYTES);
        return this.#set(bytes, at, () => telling);
      }
      case 2: {
        // Most bytes of a message that are near each other are a length and what it is the length of.
        const step = this.below(2) === 0 ? 1 : -1;
        return this.#set(bytes, at, (byte) => byte + step);
      }
      case 3:
        return bytes.slice(0, at);
      case 4:
        return joined(bytes.subarray(0, at), bytes.subarray(at + count));
      case 5:
        return joined(bytes.subarray(0, at), bytes.subarray(at, at + count), bytes.subarray(at));
      case 6: {
        const random = Uint8Array.from({ length: count }, () => this.below(256));
        return joined(bytes.subarray(0, at), random, bytes.subarray(at));
      }
      default: {
        const other = this.pick(others);
        const from = this.below(other.length + 1);
        const piece = other.subarray(from, this.below(2) === 0 ? from + count : undefined);
        return joined(bytes.subarray(0, at), piece, bytes.subarray(this.below(2) === 0 ? at : bytes.length));
      }
    }
  }

  #set(
    bytes: Uint8Array<ArrayBuffer>,
    at: number,
    change: (byte: number) => number,
  ): Uint8Array<ArrayBuffer> {
    if (at < bytes.length) bytes[at] = change(bytes[at] ?? 0);
    return bytes;
  }
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};
