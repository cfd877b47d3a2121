import { describe, expect, test } from 'vitest';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import {
  appendLeaves,
  consistencyProof,
  emptyTree,
  inclusionProof,
  merkleRoot,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../protocol/segment/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';
import { referenceRoot, referenceSha256 } from '../support/reference.ts';

interface MerkleVectors {
  readonly trees: readonly (Vector & {
    readonly events: number;
    readonly root: string;
    readonly inclusion: readonly { readonly index: number; readonly proof: readonly string[] }[];
    readonly consistency: readonly { readonly oldEvents: number; readonly proof: readonly string[] }[];
  })[];
}

const { trees } = readVectors<MerkleVectors>('merkle');

const leavesOf = (events: number): readonly Uint8Array[] =>
  Array.from({ length: events }, (_, i) => referenceSha256(Buffer.from(`\0leaf ${i}`)));

describe.each(trees)('$comment', ({ events, root, inclusion, consistency }) => {
  const leaves = leavesOf(events);

  test('its root, by each of three ways', () => {
    expect(toHex(merkleRoot(crypto, leaves))).toBe(root);
    expect(toHex(treeRoot(crypto, appendLeaves(crypto, emptyTree, leaves)))).toBe(root);
    expect(toHex(referenceRoot(leaves))).toBe(root);
  });

  test.for(inclusion)('the inclusion proof of leaf $index', ({ index, proof }) => {
    const leaf = leaves[index] ?? new Uint8Array();
    expect(inclusionProof(crypto, leaves, index).map(toHex)).toEqual(proof);
    const claim = { index, events, leaf, proof: proof.map(fromHex), root: fromHex(root) };
    expect(verifyInclusion(crypto, claim)).toBe(true);
  });

  test.for(consistency)('the consistency proof from $oldEvents', ({ oldEvents, proof }) => {
    expect(consistencyProof(crypto, leaves, oldEvents).map(toHex)).toEqual(proof);
    const claim = {
      oldEvents,
      newEvents: events,
      oldRoot: referenceRoot(leaves.slice(0, oldEvents)),
      newRoot: fromHex(root),
      proof: proof.map(fromHex),
    };
    expect(verifyConsistency(crypto, claim)).toBe(true);
  });
});
