import { canonicalBytes, hexDecode, hexEncode, type JsonValue } from '../bytes/index.ts';
import { type Crypto, HASH_BYTES } from '../crypto/index.ts';

const MODULUS = 1n << 256n;

/**
 * Digest of the projected state: the sum modulo 2^256 of SHA-256 over the canonical JSON of every item. A sum
 * does not depend on the order of its terms, and an item that changes is taken out and put in again, so the
 * cost of an event does not grow with the state (AdHash: Bellare and Micciancio, 1997).
 *
 * It tells replicas of one space apart that follow the protocol. It is no defence against authors who search
 * for collisions of sums; what devices signed is proven by manifests, not by this digest.
 */
export class StateDigest {
  readonly #crypto: Crypto;
  #sum: bigint;

  /** @param hex a digest that `toHex` gave, or nothing for the empty state */
  constructor(crypto: Crypto, hex?: string) {
    this.#crypto = crypto;
    const bytes = hexDecode(hex ?? '00'.repeat(HASH_BYTES));
    if (bytes?.length !== HASH_BYTES) throw new TypeError('a state digest has 64 hexadecimal characters');
    this.#sum = toBigInt(bytes);
  }

  /** Replaces an item; undefined stands for no item. */
  replace(before: JsonValue | undefined, after: JsonValue | undefined): void {
    const delta = this.#term(after) - this.#term(before);
    this.#sum = (this.#sum + delta + MODULUS) % MODULUS;
  }

  /** 64 hexadecimal characters. */
  toHex(): string {
    return this.#sum.toString(16).padStart(2 * HASH_BYTES, '0');
  }

  #term(item: JsonValue | undefined): bigint {
    return item === undefined ? 0n : toBigInt(this.#crypto.sha256(canonicalBytes(item)));
  }
}

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${hexEncode(bytes)}`);
