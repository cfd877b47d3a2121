export { decodeManifest, encodeManifest, MANIFEST_BYTES_MAX } from './codec.ts';
export {
  type CommitmentParts,
  commitment,
  commitmentOf,
  EMPTY_COMMITMENT,
  formatHash,
  parseHash,
  SEGMENT_INDEX_MAX,
} from './commitment.ts';
export {
  MANIFEST_ALGO,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestBody,
  type SpaceId,
} from './manifest.ts';
export { describeSegment, type ManifestFault } from './manifest-fault.ts';
export { type SegmentPart, signPart } from './part.ts';
export {
  type RangeClaim,
  type SegmentClaim,
  tailTree,
  type VerifiedRange,
  type VerifiedTail,
  verifyRange,
  verifySegment,
  verifyUnplaced,
} from './range-verification.ts';
export { signManifest } from './signing.ts';
export { parseSpaceId, spaceIdFromLeaf } from './space-id.ts';
export { verifyManifest, verifySuccession } from './verification.ts';
