export { portableCrypto } from './portable-crypto.ts';
