import { hexEncode, utf8Encode } from '../../protocol/bytes/index.ts';

/** Hexadecimal of bytes, or of the UTF-8 bytes of a text. */
export const hex = (value: Uint8Array | string): string =>
  hexEncode(typeof value === 'string' ? utf8Encode(value) : value);
