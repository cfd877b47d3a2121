import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { equalBytes } from '../bytes/index.ts';

const { Point } = ed25519;

/**
 * Checks an Ed25519 signature by the equation R = S*B - k*A (RFC 8032, section 5.1.7), compared as bytes.
 *
 * The RFC also allows the equation multiplied by the cofactor 8, and implementations differ in which they use:
 * @noble/curves takes the multiplied one, OpenSSL, and with it Node, the plain one. Whoever holds a key can
 * make signatures that only one of them accepts, and so split the replicas of a space. The plain equation is
 * the one that all can compute: this function gives, for every key that {@link parseDeviceId} lets pass,
 * exactly OpenSSL's answer.
 *
 * @param publicKey 32 bytes
 * @param signature R (32 bytes) || S (32 bytes, little-endian, less than the group order)
 * @throws Error when a part does not encode what it should
 */
export const verifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (signature.length !== 64 || s >= Point.Fn.ORDER) return false;
  const a = Point.fromBytes(publicKey);
  const digest = sha512.create().update(r).update(publicKey).update(message).digest();
  const k = littleEndian(digest) % Point.Fn.ORDER;
  return equalBytes(Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).toBytes(), r);
};

/**
 * Whether the bytes of a public key are one of the few that stand for no key: those of the points of small
 * order, for which signatures can be made without a private key, and those beyond the field, which are second
 * spellings of others.
 */
export const isWeakPublicKey = (publicKey: Uint8Array): boolean => {
  // The highest bit is the sign of x; the rest is y, and every point and its negative are weak together.
  const y = littleEndian(publicKey) % 2n ** 255n;
  return y >= Point.Fp.ORDER || SMALL_ORDER_Y.has(y);
};

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);

/** y of a point of order eight; its negative is that of the others. */
const ORDER_EIGHT_Y = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/** y of all eight points of small order. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  Point.Fp.ORDER - 1n,
  ORDER_EIGHT_Y,
  Point.Fp.ORDER - ORDER_EIGHT_Y,
]);
