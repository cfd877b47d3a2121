import {
  canonicalBytes,
  canonicalText,
  decodeCanonical,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { decodeManifest, formatHash, type Manifest, parseHash } from '../manifest/index.ts';
import { SEGMENT_LIMITS } from '../segment/index.ts';
import { type Branch, EVIDENCE_VERSION, type Evidence, type ForkProof } from './evidence.ts';
import type { EvidenceFault } from './evidence-fault.ts';

/**
 * Most bytes that are looked at as evidence: two manifests at their limit and the hashes of two paths. Real
 * evidence has 2 to 4 KiB.
 */
export const EVIDENCE_BYTES_MAX = 10 * 1024;

/** Most hashes on one side of a path: a segment has at most 2^10 records. */
const SIBLINGS_MAX = Math.log2(SEGMENT_LIMITS.eventsMax);

/**
 * The bytes of evidence: canonical JSON (RFC 8785) of
 *
 * | object   | members                                                                                 |
 * |----------|-----------------------------------------------------------------------------------------|
 * | evidence | `version`; `first`, `second`: manifests, in order of their texts; `proof`: proof or null |
 * | proof    | `index`; `peaks`: hashes; `first`, `second`: branch, or null for a sealed end            |
 * | branch   | `leaf`: hash; `rest`: hashes                                                            |
 */
export const encodeEvidence = ({ first, second, proof }: Evidence): Uint8Array =>
  canonicalBytes({
    version: EVIDENCE_VERSION,
    first: { ...first },
    second: { ...second },
    proof: proof === undefined ? null : proofJson(proof),
  });

/** Reads evidence that came from elsewhere: its form alone. Whether it proves anything: `verifyEvidence`. */
export const decodeEvidence = (bytes: Uint8Array): Verdict<Evidence, EvidenceFault> => {
  if (bytes.length > EVIDENCE_BYTES_MAX) {
    return bad(`it has ${bytes.length} bytes, the limit is ${EVIDENCE_BYTES_MAX}`);
  }
  const json = decodeCanonical(bytes);
  if (!json.ok) return bad(json.fault.message);
  if (!isJsonObject(json.value)) return bad('it is not a JSON object');
  const { version } = json.value;
  if (typeof version === 'string' && version !== EVIDENCE_VERSION) {
    return refuse('unsupported_version', `evidence version "${version.slice(0, 40)}" is not supported`);
  }
  return version === EVIDENCE_VERSION ? readEvidence(json.value) : bad('version is not a string');
};

/** The canonical text of a manifest, by which the two of an evidence are ordered. */
export const manifestText = (manifest: Manifest): string => canonicalText({ ...manifest });

const bad = (what: string) => refuse('bad_evidence', `not evidence: ${what}`);

const proofJson = ({ index, peaks, first, second }: ForkProof): JsonObject => ({
  index,
  peaks: peaks.map(formatHash),
  first: first === undefined ? null : branchJson(first),
  second: second === undefined ? null : branchJson(second),
});

const branchJson = ({ leaf, rest }: Branch): JsonObject => ({
  leaf: formatHash(leaf),
  rest: rest.map(formatHash),
});

const readEvidence = (json: JsonObject): Verdict<Evidence, EvidenceFault> => {
  if (!hasMembers(json, ['version', 'first', 'second', 'proof'])) return bad('its members are others');
  const first = readManifest(json.first);
  if (!first.ok) return first;
  const second = readManifest(json.second);
  if (!second.ok) return second;
  if (manifestText(first.value) >= manifestText(second.value)) return bad('its manifests are not in order');
  const proof = json.proof === null ? undefined : readProof(json.proof);
  if (proof === MALFORMED) return bad('its proof is malformed');
  return accept({ origin: first.value.origin, first: first.value, second: second.value, proof });
};

const readManifest = (json: JsonValue | undefined): Verdict<Manifest, EvidenceFault> =>
  isJsonObject(json)
    ? (decodeManifest(canonicalBytes(json)) as Verdict<Manifest, EvidenceFault>)
    : bad('a manifest is not a JSON object');

/** Stands for JSON of another form, where undefined means an absent part. */
const MALFORMED = 'malformed';

const readProof = (json: JsonValue | undefined): ForkProof | typeof MALFORMED => {
  if (!isJsonObject(json) || !hasMembers(json, ['index', 'peaks', 'first', 'second'])) return MALFORMED;
  const { index } = json;
  const peaks = readHashes(json.peaks);
  const [first, second] = [readBranch(json.first), readBranch(json.second)];
  const isPlace =
    Number.isSafeInteger(index) && Number(index) >= 0 && Number(index) <= SEGMENT_LIMITS.eventsMax;
  if (!isPlace || peaks === undefined || first === MALFORMED || second === MALFORMED) return MALFORMED;
  return { index: Number(index), peaks, first, second };
};

const readBranch = (json: JsonValue | undefined): Branch | undefined | typeof MALFORMED => {
  if (json === null) return undefined;
  if (!isJsonObject(json) || !hasMembers(json, ['leaf', 'rest'])) return MALFORMED;
  const [leaf, rest] = [readHash(json.leaf), readHashes(json.rest)];
  return leaf === undefined || rest === undefined ? MALFORMED : { leaf, rest };
};

const readHash = (json: JsonValue | undefined): Uint8Array | undefined =>
  typeof json === 'string' ? parseHash(json) : undefined;

const readHashes = (json: JsonValue | undefined): readonly Uint8Array[] | undefined => {
  if (!Array.isArray(json) || json.length > SIBLINGS_MAX) return undefined;
  const hashes = json.map(readHash).filter((hash) => hash !== undefined);
  return hashes.length === json.length ? hashes : undefined;
};

const hasMembers = (json: JsonObject, names: readonly string[]): boolean =>
  Object.keys(json).length === names.length && names.every((name) => Object.hasOwn(json, name));
