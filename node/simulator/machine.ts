import type { RunCrypto } from '../../simulations/index.ts';
import { nativeCrypto, signerFromSeed } from '../crypto/index.ts';

/** What a simulation takes of this machine: hashes and signatures by OpenSSL, the same to the bit on any other. */
export const machine: RunCrypto = { ...nativeCrypto, signerFromSeed };
