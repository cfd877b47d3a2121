import { canonicalText, hexDecode, hexEncode, type JsonValue } from '../bytes/index.ts';
import { type Crypto, HASH_BYTES } from '../crypto/index.ts';

/** Numbers of 32 bits that a sum consists of. */
const LIMBS = HASH_BYTES / 4;

/** Items of which the term is kept in mind, with less than 1 kB each: those that change are likely to change again. */
const TERMS_MAX = 16_384;

/** Items that may wait to be hashed: so many of them hold nobody up for long. */
const CHANGES_MAX = 512;

/** What an item adds to the sum, as 32 bytes: the SHA-256 of its canonical JSON. */
export const hashItem = (crypto: Crypto, item: JsonValue): Uint8Array =>
  crypto.sha256Text(canonicalText(item));

/** An item whose term in the sum is out of date; undefined stands for no item. */
interface Change {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/**
 * Digest of the projected state: the sum modulo 2^256 of SHA-256 over the canonical JSON of every item. A sum
 * does not depend on the order of its terms, and an item that changes is taken out and put in again, so the
 * cost of an event does not grow with the state (AdHash: Bellare and Micciancio, 1997). Items are hashed when
 * somebody wants to know the digest, or many wait: one that has changed ten times until then is hashed once.
 *
 * It tells replicas of one space apart that follow the protocol. It is no defence against authors who search
 * for collisions of sums; what devices signed is proven by manifests, not by this digest.
 */
export class StateDigest {
  readonly #hash: (item: JsonValue) => Uint8Array;
  /** The sum over all items but those that have changed since, the least significant limb first. */
  readonly #sum: Uint32Array;
  readonly #changes = new Map<string, Change>();
  /** Terms that are part of the sum, of items that have changed lately. */
  readonly #terms = new Map<string, Uint8Array>();

  /**
   * @param hash as {@link hashItem}
   * @param hex a digest that `toHex` gave, or nothing for the empty state
   */
  constructor(hash: (item: JsonValue) => Uint8Array, hex?: string) {
    this.#hash = hash;
    const bytes = hexDecode(hex ?? '00'.repeat(HASH_BYTES));
    if (bytes?.length !== HASH_BYTES) throw new TypeError('a state digest has 64 hexadecimal characters');
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#sum = Uint32Array.from({ length: LIMBS }, (_, i) => limbOf(view, i));
  }

  /**
   * Replaces an item; undefined stands for no item.
   * @param key names the item among all of the state
   */
  replace(key: string, before: JsonValue | undefined, after: JsonValue | undefined): void {
    const earlier = this.#changes.get(key);
    this.#changes.set(key, { before: earlier === undefined ? before : earlier.before, after });
    if (this.#changes.size >= CHANGES_MAX) this.#settle();
  }

  /** 64 hexadecimal characters. */
  toHex(): string {
    this.#settle();
    const bytes = new Uint8Array(HASH_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [i, limb] of this.#sum.entries()) view.setUint32(HASH_BYTES - 4 * (i + 1), limb);
    return hexEncode(bytes);
  }

  /** Brings the terms of all items that have changed up to date. */
  #settle(): void {
    for (const [key, { before, after }] of this.#changes) {
      if (before !== undefined) this.#add(this.#terms.get(key) ?? this.#hash(before), -1);
      this.#terms.delete(key);
      if (after !== undefined) this.#add(this.#keep(key, this.#hash(after)), 1);
    }
    this.#changes.clear();
  }

  #keep(key: string, term: Uint8Array): Uint8Array {
    if (this.#terms.size >= TERMS_MAX) this.#terms.clear();
    this.#terms.set(key, term);
    return term;
  }

  #add(term: Uint8Array, sign: 1 | -1): void {
    const view = new DataView(term.buffer, term.byteOffset);
    let carry = 0;
    for (let i = 0; i < LIMBS; i += 1) {
      const limb = (this.#sum[i] ?? 0) + sign * limbOf(view, i) + carry;
      // Taken modulo 2^32 by the array; what lies above, or is lacking, goes to the next one.
      this.#sum[i] = limb;
      carry = Math.floor(limb / 2 ** 32);
    }
  }
}

/** A limb of a big-endian number of 256 bits. */
const limbOf = (number: DataView, limb: number): number => number.getUint32(HASH_BYTES - 4 * (limb + 1));
