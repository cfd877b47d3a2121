import type { Crypto } from '../crypto/index.ts';
import { leafHash, type Seq } from '../event/index.ts';
import type { Manifest } from '../manifest/index.ts';
import type { HeldLogs } from './inquiry.ts';

/** Leaf hashes of the records that a manifest covers, and the seqs of those that cannot be read. */
export const heldLeaves = (
  crypto: Crypto,
  logs: Pick<HeldLogs, 'record'>,
  { origin, firstSeq, events }: Manifest,
): { readonly leaves: readonly Uint8Array[]; readonly missing: readonly Seq[] } => {
  const leaves: Uint8Array[] = [];
  const missing: Seq[] = [];
  for (let seq = firstSeq; seq < firstSeq + events; seq += 1) {
    const record = logs.record(origin, seq);
    if (record === undefined) missing.push(seq);
    else leaves.push(leafHash(crypto, origin, seq, record));
  }
  return { leaves, missing };
};
