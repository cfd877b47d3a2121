import { type Crypto, publicKeyOf } from '../../protocol/crypto/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { referenceSha256, referenceVerify } from './reference.ts';

/** The crypto port on OpenSSL, which checks signatures ten times as fast: for tests with many of them. */
export const fastCrypto: Crypto = {
  ...portableCrypto,
  sha256: (bytes) => new Uint8Array(referenceSha256(bytes)),
  verify: (device, message, signature) => referenceVerify(publicKeyOf(device), message, signature),
};
