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
 * the one that all can compute: this function gives, for every key that `parseDeviceId` lets pass,
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

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
