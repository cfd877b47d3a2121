import { ed25519 } from '@noble/curves/ed25519.js';
import { deviceIdFromPublicKey, type Signer } from '../../protocol/crypto/index.ts';

/** A device whose private key is written in the open: for tests and vectors alone. */
export const testSigner = (seed: Uint8Array): Signer => ({
  device: deviceIdFromPublicKey(ed25519.getPublicKey(seed)),
  sign: (message) => ed25519.sign(message, seed),
});

/** A test device of its own for each number from 0 to 255. */
export const numberedSigner = (number: number): Signer => testSigner(new Uint8Array(32).fill(number));
