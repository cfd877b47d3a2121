import { base64, isJsonObject } from '../bytes/index.ts';
import { type DeviceId, deviceIdFromPublicKey, PUBLIC_KEY_BYTES } from '../crypto/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { parseJson } from './smo-os-lines.ts';

/** A key that `keys/registry.json` names. */
export interface RegisteredKey {
  readonly keyId: string;
  /** Where the public key lies, as stated: a path relative to the folder that holds the data folder. */
  readonly publicKeyPath: string;
}

/**
 * Parses the text of `keys/registry.json`. Keys of other algorithms than Ed25519 are left out, so that a
 * segment signed with one fails as `unknown_key`. The origin that an entry states is not read: Smo.OS writes it
 * once, and does not change it when the device is renamed.
 */
export const parseSmoOsRegistry = (text: string): Verdict<readonly RegisteredKey[], 'bad_registry'> => {
  const json = parseJson(text);
  if (!json.ok) return refuse('bad_registry', json.fault.message);
  const entries = isJsonObject(json.value) ? json.value.keys : undefined;
  if (!isJsonObject(entries)) return refuse('bad_registry', 'the registry has no object called keys');
  const keys: RegisteredKey[] = [];
  for (const [keyId, entry] of Object.entries(entries)) {
    if (!isJsonObject(entry) || typeof entry.pubPath !== 'string') {
      return refuse('bad_registry', `key ${JSON.stringify(keyId.slice(0, 80))} states no pubPath`);
    }
    if (entry.alg === 'ed25519') keys.push({ keyId, publicKeyPath: entry.pubPath });
  }
  return accept(keys);
};

/** SubjectPublicKeyInfo of an Ed25519 key up to the 32 bytes of the key itself (RFC 8410, section 4). */
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** Text encoding of a SubjectPublicKeyInfo (RFC 7468, section 13). */
const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

/** The device id of the Ed25519 public key in a PEM text (SPKI); it carries the key to the crypto port. */
export const deviceIdFromPem = (pem: string): Verdict<DeviceId, 'bad_public_key'> => {
  const der = base64.decode(PEM.exec(pem)?.[1]?.replace(/\s/g, '') ?? '');
  if (
    der?.length !== SPKI_PREFIX.length + PUBLIC_KEY_BYTES ||
    !SPKI_PREFIX.every((byte, i) => der[i] === byte)
  ) {
    return refuse('bad_public_key', 'this is not the PEM text of an Ed25519 public key');
  }
  return accept(deviceIdFromPublicKey(der.subarray(SPKI_PREFIX.length)));
};
