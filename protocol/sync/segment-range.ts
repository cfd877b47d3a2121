import type { Seq } from '../event/index.ts';
import type { Manifest } from '../manifest/index.ts';

/** Records of one segment from a given place up to the segment's newest manifest. */
export interface SegmentRange {
  readonly manifest: Manifest;
  readonly firstSeq: Seq;
  readonly records: readonly Uint8Array[];
}
