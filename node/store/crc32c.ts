/**
 * CRC-32C (RFC 3720, appendix B.4), which LevelDB's own files use; Node has the other CRC-32 only. Four bytes at a
 * time ("slicing by 4"), as every start checks whole databases with it.
 */
export const crc32c = (bytes: Uint8Array): number => {
  const whole = bytes.length - (bytes.length % 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let rest = 0xffffffff;
  for (let at = 0; at < whole; at += 4) {
    rest ^= view.getInt32(at, true);
    rest =
      entry(768 + (rest & 0xff)) ^
      entry(512 + ((rest >>> 8) & 0xff)) ^
      entry(256 + ((rest >>> 16) & 0xff)) ^
      entry(rest >>> 24);
  }
  for (let at = whole; at < bytes.length; at += 1) rest = step(rest, view.getUint8(at));
  return (rest ^ 0xffffffff) >>> 0;
};

/** Whether some beginning of the bytes, of at least one, has this CRC-32C. */
export const somePrefixHasCrc32c = (bytes: Uint8Array, expected: number): boolean => {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest = step(rest, byte);
    if ((rest ^ 0xffffffff) >>> 0 === expected) return true;
  }
  return false;
};

/** LevelDB stores checksums turned and shifted, so that a checksum over checksums stays one. */
export const maskCrc32c = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** The checksum that was masked. */
export const unmaskCrc32c = (masked: number): number => {
  const turned = (masked - 0xa282ead8) >>> 0;
  return ((turned >>> 17) | (turned << 15)) >>> 0;
};

/** Castagnoli polynomial, bits reflected. */
const POLYNOMIAL = 0x82f63b78;

/** Remainders of each byte, then of each byte with one, two and three zero bytes after it. */
const TABLE = new Int32Array(1024);

const entry = (index: number): number => TABLE[index] ?? 0;

const step = (rest: number, byte: number): number => (rest >>> 8) ^ entry((rest ^ byte) & 0xff);

for (let byte = 0; byte < 256; byte += 1) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  TABLE[byte] = rest;
}
for (let index = 256; index < TABLE.length; index += 1) TABLE[index] = step(entry(index - 256), 0);
