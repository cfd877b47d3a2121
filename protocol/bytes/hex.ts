import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** Lower-case hexadecimal. */
export const hexEncode = (bytes: Uint8Array): string => bytesToHex(bytes);

/** The bytes of a lower-case hexadecimal string, or undefined for any other text. */
export const hexDecode = (text: string): Uint8Array | undefined =>
  text.length % 2 === 0 && /^[0-9a-f]*$/.test(text) ? hexToBytes(text) : undefined;
