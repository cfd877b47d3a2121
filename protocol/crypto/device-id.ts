import { base58Decode, base58Encode } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { isWeakPublicKey } from './weak-key.ts';

/**
 * The public name of a device: the libp2p PeerId of its Ed25519 key, in base58 (`12D3KooW...`). The key is
 * inside the name, so whoever knows a device's name can check its signatures.
 */
export type DeviceId = string & { readonly __brand: 'DeviceId' };

/** Length of an Ed25519 public key in bytes. */
export const PUBLIC_KEY_BYTES = 32;

/** Identity multihash (0x00, length 36) of the protobuf `{Type: Ed25519 (1), Data: 32 bytes}`: libp2p peer-ids spec. */
const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);

/** Names and keys that are kept in mind, of each kind: the same few stand in every frame, record and manifest. */
const KNOWN_MAX = 4096;

/** Names that were found to be valid. */
const valid = new Map<string, DeviceId>();
const keys = new Map<DeviceId, Uint8Array>();
/** Names of keys that are not weak, by the characters that have the bytes of the key as their codes. */
const names = new Map<string, DeviceId>();

const remembered = <Key, Value>(known: Map<Key, Value>, key: Key, value: Value): Value => {
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, value);
  return value;
};

/** The device id that belongs to a raw Ed25519 public key of 32 bytes. */
export const deviceIdFromPublicKey = (publicKey: Uint8Array): DeviceId => {
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new RangeError(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`);
  }
  return base58Encode(Uint8Array.from([...PREFIX, ...publicKey])) as DeviceId;
};

/** The same for a key that came from elsewhere; undefined when it is weak, so that anyone could sign for it. */
export const deviceIdFromForeignKey = (publicKey: Uint8Array): DeviceId | undefined => {
  const text = String.fromCharCode(...publicKey);
  const known = names.get(text);
  if (known !== undefined) return known;
  if (isWeakPublicKey(publicKey)) return undefined;
  return remembered(names, text, deviceIdFromPublicKey(publicKey));
};

/** The raw Ed25519 public key inside a device id. Not to be changed: others are given the same bytes. */
export const publicKeyOf = (device: DeviceId): Uint8Array => {
  const known = keys.get(device);
  if (known !== undefined) return known;
  const bytes = base58Decode(device);
  if (bytes === undefined) throw new TypeError(`${device} is not a device id`);
  return remembered(keys, device, bytes.subarray(PREFIX.length));
};

/** Parses the name of a device. Only Ed25519 keys are devices, and none for which anyone could sign. */
export const parseDeviceId = (text: string): Verdict<DeviceId, 'bad_device_id'> => {
  const known = valid.get(text);
  if (known !== undefined) return accept(known);
  const bytes = base58Decode(text);
  const isValid =
    bytes?.length === PREFIX.length + PUBLIC_KEY_BYTES &&
    PREFIX.every((byte, i) => bytes[i] === byte) &&
    !isWeakPublicKey(bytes.subarray(PREFIX.length));
  if (!isValid) {
    return refuse('bad_device_id', `"${text.slice(0, 80)}" is not the id of an Ed25519 device`);
  }
  return accept(remembered(valid, text, text as DeviceId));
};
