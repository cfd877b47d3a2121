import type { ManifestFault } from '../manifest/index.ts';

/** Why an object proves no equivocation (docs/protocol/equivocation.md). */
export type EvidenceFault =
  | 'bad_evidence'
  | 'different_logs'
  | 'different_segments'
  | 'no_contradiction'
  | 'bad_proof'
  /** The form or the signature of one of the manifests, or another version. */
  | Extract<
      ManifestFault,
      | 'unsupported_version'
      | 'unsupported_algo'
      | 'bad_root_format'
      | 'bad_manifest'
      | 'wrong_space'
      | 'unknown_key'
      | 'bad_signature'
    >;
