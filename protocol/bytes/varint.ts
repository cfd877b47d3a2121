/** Longest varint of a safe integer, in bytes. */
const VARINT_BYTES_MAX = 8;

/**
 * Appends an unsigned LEB128 integer to `out`.
 * @param value a safe integer, 0 to 2^53 - 1
 */
export const writeVarint = (out: number[], value: number): void => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no unsigned safe integer`);
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
};

/** A varint that was read: its value, and where the next byte is. */
export interface VarintRead {
  readonly value: number;
  readonly next: number;
}

/**
 * Reads an unsigned LEB128 integer; undefined when it is cut short, beyond 2^53 - 1, or not in its shortest
 * form.
 */
export const readVarint = (bytes: Uint8Array, offset: number): VarintRead | undefined => {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < VARINT_BYTES_MAX; i += 1) {
    const byte = bytes[offset + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (!Number.isSafeInteger(value)) return undefined;
    if (byte < 0x80) return i > 0 && byte === 0 ? undefined : { value, next: offset + i + 1 };
    scale *= 0x80;
  }
  return undefined;
};
