import { sha256 } from '@noble/hashes/sha2.js';
import { hexEncode, utf8Decode, utf8Encode } from '../bytes/index.ts';
import { EVENT_LIMITS } from '../event/index.ts';

/** Start of the form that names which are not UTF-8 take. Git's own paths never start with a slash. */
const RAW_PREFIX = '//raw/';

/** Start of the form that names which are too long take. */
const LONG_PREFIX = '//long/';

/**
 * Turns a name of git's (a path or an author: any bytes) into a string of at most 512 UTF-8 bytes that may
 * name an entity or an actor. Different bytes give different names, short of a collision of SHA-256:
 *
 * | the bytes                                        | the name                                          |
 * |--------------------------------------------------|---------------------------------------------------|
 * | UTF-8, at most 512 bytes, not starting with `//` | the text itself, unnormalised                     |
 * | otherwise, if it stays within 512 bytes          | `//raw/`, and the bytes with `%` and each byte    |
 * |                                                  | outside printable ASCII as `%xx` (lower-case hex) |
 * | otherwise                                        | `//long/`, the SHA-256 of all bytes in hex, `/`,  |
 * |                                                  | and as much of the end as fits, for the reader    |
 */
export const nameOf = (bytes: Uint8Array): string => {
  const text = utf8Decode(bytes);
  if (text !== undefined && bytes.length <= EVENT_LIMITS.nameBytesMax && !text.startsWith('//')) return text;
  // A valid text past the limit would only grow by escaping.
  if (bytes.length <= EVENT_LIMITS.nameBytesMax) {
    const raw = RAW_PREFIX + escapeBytes(bytes);
    if (raw.length <= EVENT_LIMITS.nameBytesMax) return raw;
  }
  const head = `${LONG_PREFIX}${hexEncode(sha256(bytes))}/`;
  const room = EVENT_LIMITS.nameBytesMax - head.length;
  return head + (text === undefined ? escapeBytes(bytes).slice(-room) : lastCharacters(text, room));
};

const escapeBytes = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
    text += plain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
};

/** The longest end of the text that takes at most `bytesMax` bytes and cuts no character in two. */
const lastCharacters = (text: string, bytesMax: number): string => {
  const bytes = utf8Encode(text);
  let start = Math.max(0, bytes.length - bytesMax);
  // 10xxxxxx: a byte inside a character.
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return utf8Decode(bytes.subarray(start)) ?? '';
};
