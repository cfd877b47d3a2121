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
  if (newest.segment < first.segment) {
    const isJustBefore = newest.sealed && newest.segment === first.segment - 1;
    return isJustBefore && formatHash(commitmentOf(crypto, newest)) !== first.prev ? 'no' : 'shorter';
  }
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
