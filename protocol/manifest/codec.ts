import {
  base64,
  canonicalBytes,
  decodeCanonical,
  equalJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../bytes/index.ts';
import { parseDeviceId, SIGNATURE_BYTES } from '../crypto/index.ts';
import { EVENT_LIMITS, parseOrigin } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { SEGMENT_LIMITS } from '../segment/index.ts';
import { parseHash, SEGMENT_INDEX_MAX } from './commitment.ts';
import { MANIFEST_ALGO, MANIFEST_VERSION, type Manifest, type ManifestBody } from './manifest.ts';
import type { ManifestFault } from './manifest-fault.ts';
import { parseSpaceId } from './space-id.ts';

/** Most bytes that are looked at as a manifest; a real one has about 900. */
export const MANIFEST_BYTES_MAX = 4096;

/** The bytes of a manifest: its canonical JSON (RFC 8785). Not to be changed: who asks again is given the same. */
export const encodeManifest = (manifest: Manifest): Uint8Array => {
  const known = encoded.get(manifest);
  if (known !== undefined) return known;
  const bytes = canonicalBytes({ ...manifest });
  encoded.set(manifest, bytes);
  return bytes;
};

/** A manifest is written to the disk and sent to every peer; none is ever changed. */
const encoded = new WeakMap<Manifest, Uint8Array>();

/** What the signature of a manifest covers: its canonical JSON with an empty signature. */
export const signedBytes = (body: ManifestBody): Uint8Array => canonicalBytes({ ...body, signature: '' });

/**
 * Reads a manifest that came from elsewhere: its form and ranges alone. Who signed it and what it follows is
 * for {@link verifyManifest} and {@link verifySuccession}.
 *
 * Version and algorithms are judged first, so that a manifest of a later version is called that and not
 * malformed.
 */
export const decodeManifest = (bytes: Uint8Array): Verdict<Manifest, ManifestFault> => {
  if (bytes.length > MANIFEST_BYTES_MAX) {
    return bad(`it has ${bytes.length} bytes, the limit is ${MANIFEST_BYTES_MAX}`);
  }
  const json = decodeCanonical(bytes);
  if (!json.ok) return bad(json.fault.message);
  return isJsonObject(json.value) ? checkManifest(json.value) : bad('it is not a JSON object');
};

/** The check of {@link decodeManifest} for a value that is canonical JSON. */
export const checkManifest = (json: JsonObject): Verdict<Manifest, ManifestFault> =>
  checkVersion(json) ??
  checkMembers(json) ??
  checkHashes(json) ??
  checkNames(json) ??
  checkNumbers(json) ??
  checkSignature(json.signature) ??
  accept(json as unknown as Manifest);

type Refusal = Verdict<never, ManifestFault> | undefined;

const bad = (what: string) => refuse('bad_manifest', `not a manifest: ${what}`);

const MEMBERS: ReadonlySet<string> = new Set<keyof Manifest>([
  'algo',
  'bytes',
  'createdAt',
  'events',
  'firstSeq',
  'keyId',
  'origin',
  'prev',
  'root',
  'sealed',
  'segment',
  'signature',
  'space',
  'version',
]);

const checkVersion = ({ version, algo }: JsonObject): Refusal => {
  if (typeof version !== 'string') return bad('version is not a string');
  if (version !== MANIFEST_VERSION) {
    return refuse(
      'unsupported_version',
      `manifest version "${version.slice(0, 40)}" is not supported, only ${MANIFEST_VERSION}`,
    );
  }
  if (!isJsonObject(algo)) return bad('algo is not a JSON object');
  return equalJson(algo, MANIFEST_ALGO)
    ? undefined
    : refuse(
        'unsupported_algo',
        `manifest version ${MANIFEST_VERSION} has one set of algorithms, not this one`,
      );
};

const checkMembers = (json: JsonObject): Refusal => {
  const keys = Object.keys(json);
  const unknown = keys.find((key) => !MEMBERS.has(key));
  if (unknown !== undefined) return bad(`unknown member "${unknown.slice(0, 40)}"`);
  return keys.length === MEMBERS.size ? undefined : bad('a member is missing');
};

const checkHashes = ({ root, prev }: JsonObject): Refusal => {
  for (const [name, value] of Object.entries({ root, prev })) {
    if (typeof value !== 'string' || parseHash(value) === undefined) {
      return refuse('bad_root_format', `${name} of a manifest is not "sha256:" and 64 hexadecimal digits`);
    }
  }
  return undefined;
};

const checkNames = ({ space, origin, keyId }: JsonObject): Refusal => {
  if (typeof space !== 'string' || !parseSpaceId(space).ok) return bad('space is not the id of a space');
  if (typeof origin !== 'string' || !parseOrigin(origin).ok) return bad('origin is not the id of a log');
  return typeof keyId === 'string' && parseDeviceId(keyId).ok ? undefined : bad('keyId is not a device id');
};

const checkNumbers = (json: JsonObject): Refusal => {
  if (typeof json.sealed !== 'boolean') return bad('sealed is neither true nor false');
  return (
    checkRange('segment', json.segment, 0, SEGMENT_INDEX_MAX) ??
    checkRange('events', json.events, 1, SEGMENT_LIMITS.eventsMax) ??
    // The last seq of the segment must be a safe integer too.
    checkRange('firstSeq', json.firstSeq, 1, Number.MAX_SAFE_INTEGER - Number(json.events) + 1) ??
    // A record has at least its codec byte.
    checkRange('bytes', json.bytes, Number(json.events), SEGMENT_LIMITS.bytesMax) ??
    checkRange('createdAt', json.createdAt, 0, EVENT_LIMITS.timestampMsMax)
  );
};

const checkRange = (name: string, value: JsonValue | undefined, min: number, max: number): Refusal =>
  Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
    ? undefined
    : bad(`${name} is not a whole number from ${min} to ${max}`);

const checkSignature = (signature: JsonValue | undefined): Refusal =>
  typeof signature === 'string' && base64.decode(signature)?.length === SIGNATURE_BYTES
    ? undefined
    : bad(`signature is not the base64 of ${SIGNATURE_BYTES} bytes`);
