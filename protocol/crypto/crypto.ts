import type { DeviceId } from './device-id.ts';

/** Length of a SHA-256 hash in bytes. */
export const HASH_BYTES = 32;

/** Length of an Ed25519 signature in bytes. */
export const SIGNATURE_BYTES = 64;

/**
 * Port: the hash and the signature check that everything above is built on. Implementations must agree to
 * the bit; test/conformance/crypto.ts holds them to it.
 */
export interface Crypto {
  /** SHA-256 (FIPS 180-4) of the bytes: 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** SHA-256 of a text in UTF-8, which must be well-formed: for texts of which the bytes are of no other use. */
  sha256Text(text: string): Uint8Array;
  /**
   * Whether `signature` is the device's Ed25519 signature of `message`, by the equation without the cofactor
   * (RFC 8032, section 5.1.7), as OpenSSL checks it. False for a name that is no device's. Never throws.
   */
  verify(device: DeviceId, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Port: the private side of one device's key. */
export interface Signer {
  readonly device: DeviceId;
  /** The Ed25519 signature (RFC 8032) of `message`: 64 bytes, the same each time. */
  sign(message: Uint8Array): Uint8Array;
}
