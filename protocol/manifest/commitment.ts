import { hexDecode, hexEncode } from '../bytes/index.ts';
import { type Crypto, domainHash, HASH_BYTES } from '../crypto/index.ts';
import type { Seq } from '../event/index.ts';
import type { Manifest } from './manifest.ts';

/** C(-1), the commitment to an empty log. */
export const EMPTY_COMMITMENT: Uint8Array = new Uint8Array(HASH_BYTES);

/** Highest index that a segment can have: it is hashed as 32 bits. */
export const SEGMENT_INDEX_MAX = 2 ** 32 - 1;

/** What a commitment says about a log up to and including one segment. */
export interface CommitmentParts {
  /** C(k-1): 32 bytes. */
  readonly prev: Uint8Array;
  /** Index k of the segment, from 0 to 2^32 - 1. */
  readonly segment: number;
  readonly firstSeq: Seq;
  /** Records of the segment that are covered, up to 2^32 - 1. */
  readonly events: number;
  /** Merkle root over these records: 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * C(k) = SHA-256(0x02 || C(k-1) || uint32be(k) || uint64be(firstSeq) || uint32be(events) || root): commits to
 * every record of the log up to the last one that the root covers.
 *
 * @returns 32 bytes
 * @throws RangeError when a part does not fit its width
 */
export const commitment = (crypto: Crypto, parts: CommitmentParts): Uint8Array => {
  assertRange('segment', parts.segment, SEGMENT_INDEX_MAX);
  assertRange('firstSeq', parts.firstSeq, Number.MAX_SAFE_INTEGER);
  assertRange('events', parts.events, 2 ** 32 - 1);
  assertRange('length of prev', parts.prev.length, HASH_BYTES, HASH_BYTES);
  assertRange('length of root', parts.root.length, HASH_BYTES, HASH_BYTES);
  const place = new Uint8Array(4 + 8 + 4);
  const view = new DataView(place.buffer);
  view.setUint32(0, parts.segment);
  view.setBigUint64(4, BigInt(parts.firstSeq));
  view.setUint32(12, parts.events);
  return domainHash(crypto, 'commitment', [parts.prev, place, parts.root]);
};

/** The commitment to the log prefix that a manifest closes or, while it is a head, reaches. */
export const commitmentOf = (
  crypto: Crypto,
  manifest: Pick<Manifest, 'prev' | 'segment' | 'firstSeq' | 'events' | 'root'>,
): Uint8Array => {
  const prev = parseHash(manifest.prev);
  const root = parseHash(manifest.root);
  if (prev === undefined || root === undefined) throw new TypeError('the manifest has not been decoded');
  return commitment(crypto, { ...manifest, prev, root });
};

/** Text form of a hash in manifests: `sha256:` and 64 lower-case hexadecimal digits. */
export const formatHash = (hash: Uint8Array): string => HASH_PREFIX + hexEncode(hash);

/** The 32 bytes of a hash in its text form, or undefined for any other text. */
export const parseHash = (text: string): Uint8Array | undefined => {
  if (text.length !== HASH_PREFIX.length + HASH_BYTES * 2 || !text.startsWith(HASH_PREFIX)) return undefined;
  return hexDecode(text.slice(HASH_PREFIX.length));
};

const HASH_PREFIX = 'sha256:';

const assertRange = (name: string, value: number, max: number, min = 0): void => {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} ${value} is not from ${min} to ${max}`);
  }
};
