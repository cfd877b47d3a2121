import { base64, isJsonObject, type JsonObject, type JsonValue, utf8Encode } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { accept, type Fault, refuse, type Verdict } from '../fault/index.ts';
import { deviceIdFromPem } from './smo-os-keys.ts';
import { parseJson } from './smo-os-lines.ts';
import { ROOT_FORMAT } from './smo-os-merkle.ts';
import { encodeStableJson } from './stable-json.ts';

/** The members of a 0.2.1 manifest that are checked against something else. */
export interface SmoOsManifest {
  readonly events: number;
  readonly root: string;
  readonly prevSegmentRoot: string | null;
  /** Id of the first event in the order of the seal; undefined when the manifest does not state it. */
  readonly firstEventId: JsonValue | undefined;
  readonly lastEventId: JsonValue | undefined;
}

/** Codes of what can be wrong with a manifest by itself. */
export type SmoOsManifestFault =
  | 'bad_manifest'
  | 'unsupported_version'
  | 'unsupported_algo'
  | 'bad_root_format'
  | 'unknown_key'
  | 'bad_public_key'
  | 'bad_signature';

/** Version of the sealed segments that are verified. */
const VERSION = '0.2.1';

/** The algorithms of that version; any other fails. */
const ALGORITHMS = Object.entries({
  canonical: 'json-stable-v1',
  hash: 'sha-256',
  merkle: 'pairwise-dup-last',
  sig: 'ed25519',
});

/**
 * Parses the text of a manifest and checks its version, algorithms, members and signature. Version and
 * algorithms come first: of any others nothing else is judged.
 *
 * @param name name of the segment, which the manifest must repeat if it states one
 * @param publicKeys PEM texts by key id
 * @returns the manifest, or every fault that was found
 */
export const verifySmoOsManifest = (
  crypto: Crypto,
  name: string,
  text: string,
  publicKeys: ReadonlyMap<string, string>,
): { readonly manifest?: SmoOsManifest; readonly faults: readonly Fault<SmoOsManifestFault>[] } => {
  const parsed = parseManifest(name, text);
  if (!parsed.ok) return { faults: [parsed.fault] };
  const { object, manifest } = parsed.value;
  const checks = [
    ROOT_FORMAT.test(manifest.root)
      ? accept(undefined)
      : refuse('bad_root_format', `root ${quote(manifest.root)} is not sha256: and 64 lower-case digits`),
    checkSignature(crypto, object, publicKeys),
  ];
  const faults = checks.flatMap((check) => (check.ok ? [] : [check.fault]));
  return { manifest, faults };
};

const parseManifest = (
  name: string,
  text: string,
): Verdict<{ readonly object: JsonObject; readonly manifest: SmoOsManifest }, SmoOsManifestFault> => {
  const json = parseJson(text);
  if (!json.ok) return refuse('bad_manifest', json.fault.message);
  const object = json.value;
  if (!isJsonObject(object)) return refuse('bad_manifest', 'a manifest is a JSON object');
  if (object.version !== VERSION) {
    return refuse(
      'unsupported_version',
      `version ${quote(object.version)} is unknown, ${VERSION} is understood`,
    );
  }
  const algorithms = checkAlgorithms(object.algo);
  if (!algorithms.ok) return algorithms;
  const { events, root, origin, keyId, segmentId = name, firstEventId, lastEventId } = object;
  const prevSegmentRoot = object.prevSegmentRoot ?? null;
  if (!Number.isSafeInteger(events) || Number(events) < 0) return badMember('events', events);
  if (typeof root !== 'string') return badMember('root', root);
  if (prevSegmentRoot !== null && typeof prevSegmentRoot !== 'string') {
    return badMember('prevSegmentRoot', prevSegmentRoot);
  }
  if (typeof origin !== 'string' || origin === '') return badMember('origin', origin);
  if (typeof keyId !== 'string' || keyId === '') return badMember('keyId', keyId);
  if (segmentId !== name) return badMember('segmentId', segmentId);
  const manifest = { events: Number(events), root, prevSegmentRoot, firstEventId, lastEventId };
  return accept({ object, manifest });
};

const badMember = (member: string, value: JsonValue | undefined) =>
  refuse('bad_manifest', `the manifest states ${quote(value)} as its ${member}`);

const checkAlgorithms = (algo: JsonValue | undefined): Verdict<undefined, SmoOsManifestFault> => {
  const stated = isJsonObject(algo) ? algo : {};
  const wrong = ALGORITHMS.find(([use, name]) => stated[use] !== name);
  if (wrong === undefined) return accept(undefined);
  const [use, name] = wrong;
  return refuse('unsupported_algo', `algo.${use} ${quote(stated[use])} is unknown, ${name} is understood`);
};

/** Ed25519 over the stable JSON of the manifest with an empty signature. */
const checkSignature = (
  crypto: Crypto,
  object: JsonObject,
  publicKeys: ReadonlyMap<string, string>,
): Verdict<undefined, SmoOsManifestFault> => {
  const keyId = String(object.keyId);
  const pem = publicKeys.get(keyId);
  if (pem === undefined) {
    return refuse('unknown_key', `the registry names no Ed25519 key ${quote(keyId)} whose file is there`);
  }
  const device = deviceIdFromPem(pem);
  if (!device.ok) return refuse('bad_public_key', `key ${quote(keyId)}: ${device.fault.message}`);
  const signature = typeof object.signature === 'string' ? base64.decode(object.signature) : undefined;
  const message = encodeStableJson({ ...object, signature: '' });
  const valid =
    signature !== undefined &&
    message !== undefined &&
    crypto.verify(device.value, utf8Encode(message), signature);
  return valid
    ? accept(undefined)
    : refuse('bad_signature', `the signature of the manifest is not that of key ${quote(keyId)}`);
};

const quote = (value: JsonValue | undefined): string =>
  typeof value === 'string'
    ? JSON.stringify(value.slice(0, 80))
    : value === undefined
      ? 'nothing'
      : kind(value);

const kind = (value: JsonValue): string =>
  typeof value === 'object' && value !== null ? 'an object or a list' : String(value);
