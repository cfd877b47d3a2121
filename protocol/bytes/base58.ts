const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]));

/** Longest text that {@link base58Decode} looks at; its cost grows with the square of the length. */
const BASE58_CHARS_MAX = 128;

/** Base58 in the Bitcoin alphabet, the text form of libp2p peer ids. */
export const base58Encode = (bytes: Uint8Array): string => {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; i += 1) {
      carry += (digits[i] ?? 0) << 8;
      digits[i] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const body = digits.reverse().map((digit) => ALPHABET[digit]);
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + body.join('');
};

/** The bytes of a base58 text, or undefined when it holds a foreign character or is too long. */
export const base58Decode = (text: string): Uint8Array | undefined => {
  if (text.length > BASE58_CHARS_MAX) return undefined;
  const bytes: number[] = [];
  for (const char of text) {
    let carry = VALUES.get(char);
    if (carry === undefined) return undefined;
    for (let i = 0; i < bytes.length; i += 1) {
      carry += (bytes[i] ?? 0) * 58;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  const ones = /^1*/.exec(text)?.[0].length ?? 0;
  return Uint8Array.from([...new Array<number>(ones).fill(0), ...bytes.reverse()]);
};
