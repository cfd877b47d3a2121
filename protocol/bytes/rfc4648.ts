/** An encoding of RFC 4648: `decode` gives undefined for anything that `encode` does not produce. */
export interface TextEncoding {
  encode(bytes: Uint8Array): string;
  decode(text: string): Uint8Array | undefined;
}

/**
 * Builds an encoding that cuts bytes into groups of `bits` bits, most significant first (RFC 4648, section 3).
 * Decoding is strict: no foreign characters, no missing or spare padding, and unused bits must be zero, so
 * that each byte string has exactly one text.
 */
const radixEncoding = (alphabet: string, bits: number, padTo: number): TextEncoding => {
  const values = new Map([...alphabet].map((char, value) => [char, value]));
  const mask = (1 << bits) - 1;
  const pairs = [...alphabet].flatMap((first) => [...alphabet].map((second) => first + second));

  const encode = (bytes: Uint8Array): string => {
    let text = '';
    let buffer = 0;
    let held = 0;
    for (const byte of bytes) {
      buffer = (buffer << 8) | byte;
      held += 8;
      if (held < 2 * bits) continue;
      held -= 2 * bits;
      text += pairs[buffer >> held];
      buffer &= (1 << held) - 1;
    }
    if (held >= bits) {
      held -= bits;
      text += alphabet[(buffer >> held) & mask];
      buffer &= (1 << held) - 1;
    }
    if (held > 0) text += alphabet[(buffer << (bits - held)) & mask];
    while (padTo > 0 && text.length % padTo !== 0) text += '=';
    return text;
  };

  const decode = (text: string): Uint8Array | undefined => {
    let end = text.length;
    while (padTo > 0 && text[end - 1] === '=') end -= 1;
    const body = text.slice(0, end);
    const bytes = new Uint8Array(Math.floor((body.length * bits) / 8));
    let buffer = 0;
    let held = 0;
    let at = 0;
    for (const char of body) {
      const value = values.get(char);
      if (value === undefined) return undefined;
      buffer = (buffer << bits) | value;
      held += bits;
      if (held >= 8) {
        held -= 8;
        bytes[at] = (buffer >> held) & 0xff;
        at += 1;
      }
      buffer &= (1 << held) - 1;
    }
    return encode(bytes) === text ? bytes : undefined;
  };

  return { encode, decode };
};

/** Base32, lower case, without padding. */
export const base32: TextEncoding = radixEncoding('abcdefghijklmnopqrstuvwxyz234567', 5, 0);

/** Base64 with padding. */
export const base64: TextEncoding = radixEncoding(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  6,
  4,
);
