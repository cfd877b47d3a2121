import { sha256 } from '@noble/hashes/sha2.js';
import { utf8Encode } from '../bytes/index.ts';
import { type Crypto, parseDeviceId, publicKeyOf } from '../crypto/index.ts';
import { verifyEd25519 } from './ed25519.ts';

/**
 * The crypto port in portable JavaScript; a host may use a native one in its place. A room of its own, because
 * loading the curve takes longer than most commands take to run.
 */
export const portableCrypto: Crypto = {
  sha256,
  sha256Text: (text) => sha256(utf8Encode(text)),
  verify(device, message, signature) {
    if (!parseDeviceId(device).ok) return false;
    try {
      return verifyEd25519(publicKeyOf(device), message, signature);
    } catch {
      return false;
    }
  },
};
