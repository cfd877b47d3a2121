import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/**
 * The protocol's hashes and signatures once more, written straight from their definitions on Node's own crypto
 * and sharing nothing with `protocol/`: what the vectors are held against.
 */
export const referenceSha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** MTH of RFC 6962, section 2.1, over leaf hashes. */
export const referenceRoot = (leaves: readonly Uint8Array[]): Buffer => {
  const [first, second] = leaves;
  if (first === undefined) return referenceSha256();
  if (second === undefined) return Buffer.from(first);
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return referenceSha256(
    Buffer.of(1),
    referenceRoot(leaves.slice(0, split)),
    referenceRoot(leaves.slice(split)),
  );
};

/** Leaf hash of a record in its place. */
export const referenceLeaf = (origin: string, seq: number, record: Uint8Array): Buffer => {
  const name = Buffer.from(origin, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length);
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(seq));
  return referenceSha256(Buffer.of(0), length, name, place, record);
};

/** Base32 in lower case without padding, by arithmetic on one large number. */
export const referenceBase32 = (bytes: Uint8Array): string => {
  const chars = Math.ceil((bytes.length * 8) / 5);
  const spare = BigInt(chars * 5 - bytes.length * 8);
  const value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`) << spare;
  const digits = chars === 0 ? '' : value.toString(32).padStart(chars, '0');
  return [...digits].map((digit) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(digit, 32)]).join('');
};

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 signature by the key with this 32-byte seed. */
export const referenceSign = (seed: Uint8Array, message: Uint8Array): Buffer => {
  const key = Buffer.concat([PKCS8_ED25519, seed]);
  return sign(null, message, createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
};

/** OpenSSL's verdict on an Ed25519 signature. */
export const referenceVerify = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const key = Buffer.concat([SPKI_ED25519, publicKey]);
  return verify(null, message, createPublicKey({ key, format: 'der', type: 'spki' }), signature);
};
