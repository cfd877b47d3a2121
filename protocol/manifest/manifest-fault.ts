import type { Origin } from '../event/index.ts';

/** What can be wrong with a manifest, or with records against one (docs/protocol/manifest.md). */
export type ManifestFault =
  | 'unsupported_version'
  | 'unsupported_algo'
  | 'bad_root_format'
  | 'bad_manifest'
  | 'root_mismatch'
  | 'count_mismatch'
  | 'bytes_mismatch'
  | 'bad_signature'
  | 'unknown_key'
  | 'chain_break'
  | 'wrong_space'
  | 'order_violation';

/** Names a segment in messages; the log by the end of its device's id, which is what differs, and its incarnation. */
export const describeSegment = (manifest: { readonly origin: Origin; readonly segment: number }): string =>
  `segment ${manifest.segment} of log …${manifest.origin.slice(-SHOWN_CHARS)}`;

/** Six characters of the device, the dot, and the incarnation. */
const SHOWN_CHARS = 15;
