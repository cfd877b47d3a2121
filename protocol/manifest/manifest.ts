import type { DeviceId } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';

/** The id of a space: base32 of the leaf hash of its genesis record. */
export type SpaceId = string & { readonly __brand: 'SpaceId' };

/** Version of the manifest format that this implementation writes and accepts. */
export const MANIFEST_VERSION = '1.0.0';

/** The only algorithms of version 1.0.0. */
export const MANIFEST_ALGO = {
  canonical: 'jcs',
  hash: 'sha-256',
  merkle: 'rfc6962',
  sig: 'ed25519',
} as const;

/** What a device signs of one segment of one of its logs (docs/protocol/manifest.md). */
export interface ManifestBody {
  readonly version: typeof MANIFEST_VERSION;
  readonly space: SpaceId;
  readonly origin: Origin;
  /** The signing device: the one that owns the origin. */
  readonly keyId: DeviceId;
  /** Index of the segment in its log, from 0. */
  readonly segment: number;
  /** Seq of the segment's first record. */
  readonly firstSeq: Seq;
  /** Records covered, at least 1. */
  readonly events: number;
  /** Bytes of the covered records, codec bytes included, framing not. */
  readonly bytes: number;
  /** Merkle root over the covered leaf hashes, `sha256:<hex>`. */
  readonly root: string;
  /** Commitment to everything before this segment, `sha256:<hex>`. */
  readonly prev: string;
  /** True: closed for ever. False: a head, replaced by the next one. */
  readonly sealed: boolean;
  /** When it was signed, milliseconds since 1970. */
  readonly createdAt: number;
  readonly algo: typeof MANIFEST_ALGO;
}

/** A manifest as it is stored, sent and verified; `signature` is base64 over the body with `signature: ""`. */
export interface Manifest extends ManifestBody {
  readonly signature: string;
}
