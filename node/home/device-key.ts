import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Signer } from '../../protocol/crypto/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { encodePrivateKey, SEED_BYTES, seedOfPrivateKey, signerFromSeed } from '../crypto/index.ts';
import { isMissing, isOpenToOthers, octalMode, writeFileAtomic } from '../files/index.ts';

/** The private key of a device, with which it signs and by which its peers know it. */
export interface DeviceKey {
  /** Ed25519 seed: 32 bytes. */
  readonly seed: Uint8Array;
  readonly signer: Signer;
}

/** Only the owner may read or write. */
const KEY_MODE = 0o600;

/** Makes a key and keeps it in a file: PKCS #8 in PEM (RFC 8410), as `openssl genpkey -algorithm ed25519` does. */
export const createKey = async (
  path: string,
  seed: Uint8Array = new Uint8Array(randomBytes(SEED_BYTES)),
): Promise<DeviceKey> => {
  await writeFileAtomic(path, encodePrivateKey(seed), { mode: KEY_MODE, durable: true });
  return { seed, signer: signerFromSeed(seed) };
};

/**
 * Reads the key of a device.
 * @throws SmoError `key_missing`, `key_mode` when others may read it, `key_damaged` when it is no Ed25519 key
 */
export const readKey = async (path: string): Promise<DeviceKey> => {
  await assertOwnerOnly(path);
  const text = await readFile(path, 'utf8');
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    throw keyDamaged(`${path} is not a private key in PEM form`);
  }
  const seed = seedOfPrivateKey(key);
  if (seed === undefined) throw keyDamaged(`${path} holds a key that is not of the kind Ed25519`);
  return { seed, signer: signerFromSeed(seed) };
};

/** The error for a key that cannot be this device's. */
export const keyDamaged = (message: string): SmoError =>
  new SmoError(
    'key_damaged',
    message,
    'Put the key back from a backup. Without it this device cannot go on: join again as a new one.',
  );

const assertOwnerOnly = async (path: string): Promise<void> => {
  const mode = await modeOf(path);
  // Windows has access lists in place of modes; what Node reports there says nothing about other users.
  if (process.platform === 'win32' || !isOpenToOthers(mode)) return;
  throw new SmoError(
    'key_mode',
    `other users of this machine have access to ${path}: its mode is ${octalMode(mode)}`,
    `Run \`chmod 600 '${path}'\`. If somebody may have read it, join the space again as a new device.`,
  );
};

const modeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new SmoError(
      'key_missing',
      `${path}, the key of this device, is missing`,
      'Put it back from a backup. Without it this device cannot go on: join again as a new one.',
    );
  }
};
