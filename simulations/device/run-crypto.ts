import { equalBytes } from '../../protocol/bytes/index.ts';
import type { Crypto, DeviceId, Signer } from '../../protocol/crypto/index.ts';

/** What a run needs of a machine: real hashes and signatures, and keys that follow from the seed. */
export interface RunCrypto extends Crypto {
  /** The signer whose Ed25519 key has this seed of 32 bytes. */
  signerFromSeed(seed: Uint8Array): Signer;
}

interface Verified {
  readonly message: Uint8Array;
  readonly holds: boolean;
}

/**
 * Remembers the outcome of each check of a signature. All devices of a run check the same ones, and the check is by
 * far the dearest thing that they do; that the bytes are the same is looked at each time.
 */
export const memoisedCrypto = (crypto: RunCrypto): RunCrypto => {
  const known = new Map<string, Verified>();
  const verify = (device: DeviceId, message: Uint8Array, signature: Uint8Array): boolean => {
    const key = device + Buffer.from(signature).toString('latin1');
    const found = known.get(key);
    if (found !== undefined && equalBytes(found.message, message)) return found.holds;
    const holds = crypto.verify(device, message, signature);
    known.set(key, { message: message.slice(), holds });
    return holds;
  };
  return { ...crypto, verify };
};
