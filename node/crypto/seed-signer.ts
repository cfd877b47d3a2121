import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { deviceIdFromPublicKey, PUBLIC_KEY_BYTES, type Signer } from '../../protocol/crypto/index.ts';

/** Length of an Ed25519 seed, which RFC 8032 calls the private key, in bytes. */
export const SEED_BYTES = 32;

/** DER of a PKCS #8 private key for Ed25519 up to the seed (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The PEM text (PKCS #8) of the private key with this seed. */
export const encodePrivateKey = (seed: Uint8Array): string =>
  importSeed(seed).export({ format: 'pem', type: 'pkcs8' }).toString();

/** The seed of a private key; undefined when it is not an Ed25519 one. */
export const seedOfPrivateKey = (key: KeyObject): Uint8Array | undefined => {
  if (key.type !== 'private' || key.asymmetricKeyType !== 'ed25519') return undefined;
  const der = key.export({ format: 'der', type: 'pkcs8' });
  return new Uint8Array(der.subarray(PKCS8_PREFIX.length));
};

/**
 * The signer of the device whose Ed25519 key has this seed.
 * @throws RangeError when the seed has not 32 bytes
 */
export const signerFromSeed = (seed: Uint8Array): Signer => {
  if (seed.length !== SEED_BYTES) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const privateKey = importSeed(seed);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    device: deviceIdFromPublicKey(new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES))),
    sign(message) {
      const signature = sign(null, message, privateKey);
      return new Uint8Array(signature.buffer, signature.byteOffset, signature.byteLength);
    },
  };
};

const importSeed = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
