export { type Crypto, HASH_BYTES, SIGNATURE_BYTES, type Signer } from './crypto.ts';
export {
  type DeviceId,
  deviceIdFromForeignKey,
  deviceIdFromPublicKey,
  PUBLIC_KEY_BYTES,
  parseDeviceId,
  publicKeyOf,
} from './device-id.ts';
export { domainHash, HASH_DOMAIN, type HashDomain } from './domain-hash.ts';
