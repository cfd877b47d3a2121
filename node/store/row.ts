import { crc32 } from 'node:zlib';

/** Bytes in front of each value: the CRC-32 of key and payload. */
const CHECKSUM_BYTES = 4;

/**
 * The value of a row: `crc32be(key || payload) || payload`.
 *
 * LevelDB keeps checksums of its own, but its binding for Node reads tables without looking at them, so a
 * flipped byte on the disk would come back as data. The key is covered too: a value that turns up under
 * another key is damage as well.
 */
export const packRow = (key: Uint8Array, payload: Uint8Array): Uint8Array => {
  const value = new Uint8Array(CHECKSUM_BYTES + payload.length);
  new DataView(value.buffer).setUint32(0, crc32(payload, crc32(key)));
  value.set(payload, CHECKSUM_BYTES);
  return value;
};

/** {@link packRow} of a text in UTF-8, at half the cost. */
export const packText = (key: Uint8Array, text: string): Uint8Array => {
  const value = Buffer.from(ROOM_FOR_CHECKSUM + text);
  value.writeUInt32BE(crc32(value.subarray(CHECKSUM_BYTES), crc32(key)));
  return value;
};

const ROOM_FOR_CHECKSUM = ' '.repeat(CHECKSUM_BYTES);

/** The payload of a row, a view of `value`; undefined when the checksum does not fit. */
export const unpackRow = (key: Uint8Array, value: Uint8Array): Uint8Array | undefined => {
  const payload = rowPayload(value);
  return payload !== undefined && rowChecksum(value) === crc32(payload, crc32(key)) ? payload : undefined;
};

/** The payload without looking at the checksum; undefined when the value is too short to have one. */
const rowPayload = (value: Uint8Array): Uint8Array | undefined =>
  value.length < CHECKSUM_BYTES
    ? undefined
    : new Uint8Array(value.buffer, value.byteOffset + CHECKSUM_BYTES, value.byteLength - CHECKSUM_BYTES);

const rowChecksum = (value: Uint8Array): number =>
  new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(0);
