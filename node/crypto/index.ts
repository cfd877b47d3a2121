export { nativeCrypto } from './native-crypto.ts';
export { encodePrivateKey, SEED_BYTES, seedOfPrivateKey, signerFromSeed } from './seed-signer.ts';
