import { equalBytes } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { commitmentOf, formatHash, type Manifest } from '../manifest/index.ts';
import { appendLeaves, emptyTree } from '../segment/index.ts';
import type { Evidence } from './evidence.ts';

/** One history of a log as it is held. */
export interface HeldHistory {
  /** Newest manifest. */
  readonly newest: Manifest;
  /** Manifest of one segment up to the newest. */
  manifest(segment: number): Manifest | undefined;
  /** Leaf hashes that a manifest of the history covers; undefined when they cannot be read. */
  leaves(manifest: Manifest): readonly Uint8Array[] | undefined;
}

/**
 * Whether a held history begins with what the two histories of an evidence have in common:
 *
 * - `yes`: all of it.
 * - `shorter`: it ends before, and as far as the evidence tells it does not differ.
 * - `no`: it is a third history, which parts from the others before they part from each other. The fork that the
 *   evidence proves is then not the first one.
 * - `unknown`: something of the history cannot be read.
 */
export type CommonPart = 'yes' | 'shorter' | 'no' | 'unknown';

/** Compares a held history with a verified evidence about the same log. */
export const compareCommonPart = (crypto: Crypto, evidence: Evidence, held: HeldHistory): CommonPart => {
  const { first, proof } = evidence;
  const { newest } = held;
  if (newest.segment < first.segment) return compareEarlier(crypto, evidence, newest);
  const manifest = held.manifest(first.segment);
  if (manifest === undefined) return 'unknown';
  if (manifest.prev !== first.prev) return 'no';
  // Without a proof the histories have nothing of this segment in common.
  if (proof === undefined || proof.index === 0) return 'yes';
  if (manifest.events < proof.index) return manifest.sealed ? 'no' : 'shorter';
  const leaves = held.leaves(manifest);
  if (leaves === undefined) return 'unknown';
  const { peaks } = appendLeaves(crypto, emptyTree, leaves.slice(0, proof.index));
  return peaks.every((peak, i) => equalBytes(peak, proof.peaks[i] ?? new Uint8Array())) ? 'yes' : 'no';
};

/** A history that ends before the segment in which the others part. */
const compareEarlier = (crypto: Crypto, { first, second, proof }: Evidence, newest: Manifest): CommonPart => {
  const between = first.segment - newest.segment - 1;
  // A commitment says nothing of the seal: an open segment with all its records has that of the closed one.
  if (between === 0 && formatHash(commitmentOf(crypto, newest)) === first.prev) {
    return proof === undefined || proof.index === 0 ? 'yes' : 'shorter';
  }
  if (between === 0 && newest.sealed) return 'no';
  const missing = Math.max(first.firstSeq, second.firstSeq) - (newest.firstSeq + newest.events);
  // Each segment between has a record at least, and the one before has one more than is held of it.
  return missing < Math.max(between, 1) ? 'no' : 'shorter';
};
