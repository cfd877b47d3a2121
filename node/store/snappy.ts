import { readVarint } from '../../protocol/bytes/index.ts';

/**
 * Decompresses a Snappy block (format_description.txt of google/snappy): a varint of the whole length, then
 * literals and copies of what came before. Undefined when the bytes are none.
 */
export const snappyDecode = (bytes: Uint8Array): Uint8Array | undefined => {
  const length = readVarint(bytes, 0);
  // No element makes more than 64 bytes of two.
  if (length === undefined || length.value > bytes.length * 64) return undefined;
  const out = new Uint8Array(length.value);
  let from = length.next;
  let to = 0;
  while (from < bytes.length) {
    const element = readElement(bytes, from);
    const size = element.size;
    if (to + size > out.length) return undefined;
    if (element.back === 0) {
      if (element.next + size > bytes.length) return undefined;
      out.set(bytes.subarray(element.next, element.next + size), to);
      from = element.next + size;
    } else {
      if (element.back > to) return undefined;
      // Byte by byte: a copy may reach into what it writes itself.
      for (let i = 0; i < size; i += 1) out[to + i] = out[to + i - element.back] ?? 0;
      from = element.next;
    }
    to += size;
  }
  return to === out.length ? out : undefined;
};

/** A literal (`back` 0) or a copy of `size` bytes that begin `back` bytes before. */
interface Element {
  readonly size: number;
  readonly back: number;
  /** Where the literal, or after a copy the next element, begins. */
  readonly next: number;
}

const readElement = (bytes: Uint8Array, at: number): Element => {
  const tag = bytes[at] ?? 0;
  const upper = tag >> 2;
  switch (tag & 3) {
    case 0: {
      const extra = Math.max(upper - 59, 0);
      const size = extra === 0 ? upper : littleEndian(bytes, at + 1, extra);
      return { size: size + 1, back: 0, next: at + 1 + extra };
    }
    case 1:
      return {
        size: (upper & 7) + 4,
        back: (upper >> 3) * 256 + littleEndian(bytes, at + 1, 1),
        next: at + 2,
      };
    case 2:
      return { size: upper + 1, back: littleEndian(bytes, at + 1, 2), next: at + 3 };
    default:
      return { size: upper + 1, back: littleEndian(bytes, at + 1, 4), next: at + 5 };
  }
};

const littleEndian = (bytes: Uint8Array, at: number, count: number): number => {
  let value = 0;
  for (let i = count - 1; i >= 0; i -= 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
};
