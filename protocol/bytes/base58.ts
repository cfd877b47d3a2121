const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** The value of each character by its code; -1 for those that are no digits. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)));

/** Longest text that {@link base58Decode} looks at; its cost grows with the square of the length. */
const BASE58_CHARS_MAX = 128;

/**
 * Digits that are taken in one go, and bits of a limb of the number that they make: the product of a limb and of so
 * many digits, with what is carried, is below 2^53.
 */
const GROUP_DIGITS = 4;
const GROUP = 58 ** GROUP_DIGITS;
const LIMB_BYTES = 3;
const LIMB = 2 ** (8 * LIMB_BYTES);

/** Base58 in the Bitcoin alphabet, the text form of libp2p peer ids. */
export const base58Encode = (bytes: Uint8Array): string => {
  const zeros = leadingZeros(bytes);
  const limbs = limbsOf(bytes.subarray(zeros));
  const digits: string[] = [];
  for (let first = 0; first < limbs.length; ) {
    let rest = 0;
    for (let i = first; i < limbs.length; i += 1) {
      const value = rest * LIMB + (limbs[i] ?? 0);
      limbs[i] = Math.floor(value / GROUP);
      rest = value % GROUP;
    }
    for (let i = 0; i < GROUP_DIGITS; i += 1) {
      digits.push(ALPHABET[rest % 58] ?? '');
      rest = Math.floor(rest / 58);
    }
    while (first < limbs.length && limbs[first] === 0) first += 1;
  }
  // The last group may begin with digits of no value.
  while (digits.at(-1) === ALPHABET[0]) digits.pop();
  return ALPHABET.charAt(0).repeat(zeros) + digits.reverse().join('');
};

/** The bytes of a base58 text, or undefined when it holds a foreign character or is too long. */
export const base58Decode = (text: string): Uint8Array | undefined => {
  if (text.length > BASE58_CHARS_MAX) return undefined;
  /** The lowest first. */
  const limbs: number[] = [];
  for (let from = 0; from < text.length; from += GROUP_DIGITS) {
    const end = Math.min(from + GROUP_DIGITS, text.length);
    let carry = 0;
    for (let i = from; i < end; i += 1) {
      const digit = VALUES[text.charCodeAt(i)] ?? -1;
      if (digit < 0) return undefined;
      carry = carry * 58 + digit;
    }
    const factor = end - from === GROUP_DIGITS ? GROUP : 58 ** (end - from);
    for (let i = 0; i < limbs.length; i += 1) {
      const value = (limbs[i] ?? 0) * factor + carry;
      limbs[i] = value % LIMB;
      carry = Math.floor(value / LIMB);
    }
    for (; carry > 0; carry = Math.floor(carry / LIMB)) limbs.push(carry % LIMB);
  }
  const ones = /^1*/.exec(text)?.[0].length ?? 0;
  return withZeros(ones, limbs);
};

const leadingZeros = (bytes: Uint8Array): number => {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length : first;
};

/** A number of bytes as limbs, the highest first. */
const limbsOf = (bytes: Uint8Array): number[] => {
  const limbs = new Array<number>(Math.ceil(bytes.length / LIMB_BYTES)).fill(0);
  const missing = limbs.length * LIMB_BYTES - bytes.length;
  for (const [i, byte] of bytes.entries()) {
    const at = Math.floor((missing + i) / LIMB_BYTES);
    limbs[at] = (limbs[at] ?? 0) * 256 + byte;
  }
  return limbs;
};

/** So many zero bytes, and then the bytes of a number in limbs, the lowest first, without leading zeros. */
const withZeros = (zeros: number, limbs: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(limbs.length * LIMB_BYTES);
  for (const [i, limb] of limbs.entries()) {
    const end = bytes.length - i * LIMB_BYTES;
    for (let k = 1, rest = limb; k <= LIMB_BYTES; k += 1, rest = Math.floor(rest / 256))
      bytes[end - k] = rest % 256;
  }
  const body = bytes.subarray(leadingZeros(bytes));
  const all = new Uint8Array(zeros + body.length);
  all.set(body, zeros);
  return all;
};
