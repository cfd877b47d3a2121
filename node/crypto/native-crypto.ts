import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { type Crypto, type DeviceId, parseDeviceId, publicKeyOf } from '../../protocol/crypto/index.ts';

/** Keys of devices that are kept ready; a space rarely has more devices than this. */
const KEYS_MAX = 256;

/** DER of a SubjectPublicKeyInfo for Ed25519 up to the raw key (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The crypto port over OpenSSL: SHA-256 and Ed25519 many times faster than in JavaScript. */
export const nativeCrypto: Crypto = {
  sha256: (bytes) => bytesOf(hash('sha256', bytes, 'latin1')),
  sha256Text: (text) => bytesOf(hash('sha256', text, 'latin1')),
  verify(device, message, signature) {
    const key = keys.get(device) ?? importKey(device);
    if (key === undefined) return false;
    keep(device, key);
    return verify(null, message, key, signature);
  },
};

/**
 * The bytes of a hash. They come as a text, one character for each: a buffer of its own for every hash would take
 * twice as long, and more work to collect.
 */
const bytesOf = (digest: string): Uint8Array => {
  const bytes = new Uint8Array(digest.length);
  for (let i = 0; i < digest.length; i += 1) bytes[i] = digest.charCodeAt(i);
  return bytes;
};

/** Native keys by device, the least recently used first. */
const keys = new Map<DeviceId, KeyObject>();

const keep = (device: DeviceId, key: KeyObject): void => {
  keys.delete(device);
  keys.set(device, key);
  const [oldest] = keys.keys();
  if (oldest !== undefined && keys.size > KEYS_MAX) keys.delete(oldest);
};

const importKey = (device: DeviceId): KeyObject | undefined =>
  parseDeviceId(device).ok
    ? createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKeyOf(device)]), format: 'der', type: 'spki' })
    : undefined;
