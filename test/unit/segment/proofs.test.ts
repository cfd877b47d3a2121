import { describe, expect, test } from 'vitest';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import {
  type ConsistencyClaim,
  consistencyProof,
  type InclusionClaim,
  inclusionProof,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../protocol/segment/index.ts';

const LEAVES = Array.from({ length: 7 }, (_, i) => crypto.sha256(Uint8Array.of(i)));
const ROOT = merkleRoot(crypto, LEAVES);
const EMPTY_ROOT = merkleRoot(crypto, []);
const SHORT = new Uint8Array(31);
const HASH = new Uint8Array(32);

const INCLUSION: InclusionClaim = {
  index: 5,
  events: 7,
  leaf: LEAVES[5] ?? HASH,
  proof: inclusionProof(crypto, LEAVES, 5),
  root: ROOT,
};

const CONSISTENCY: ConsistencyClaim = {
  oldEvents: 3,
  newEvents: 7,
  oldRoot: merkleRoot(crypto, LEAVES.slice(0, 3)),
  newRoot: ROOT,
  proof: consistencyProof(crypto, LEAVES, 3),
};

describe('an inclusion claim does not hold with', () => {
  test.each<[string, Partial<InclusionClaim>]>([
    ['another index', { index: 4 }],
    ['an index past the tree', { index: 7 }],
    ['a negative index', { index: -1 }],
    ['an index that is no integer', { index: 0.5 }],
    ['an index that is no number', { index: Number.NaN }],
    ['an empty tree', { index: 0, events: 0 }],
    ['a tree beyond 2^53', { events: 2 ** 53 }],
    ['another leaf', { leaf: HASH }],
    ['a leaf of another length', { leaf: SHORT }],
    ['another root', { root: HASH }],
    ['a root of another length', { root: SHORT }],
    ['no proof', { proof: [] }],
    ['a proof that ends early', { proof: INCLUSION.proof.slice(0, -1) }],
    ['a proof that goes on', { proof: [...INCLUSION.proof, HASH] }],
    ['a proof in another order', { proof: [...INCLUSION.proof].reverse() }],
    ['a proof node of another length', { proof: [SHORT, ...INCLUSION.proof.slice(1)] }],
    ['a proof far too long', { proof: new Array(10_000).fill(HASH) }],
  ])('%s', (_, over) => {
    expect(verifyInclusion(crypto, INCLUSION)).toBe(true);
    expect(verifyInclusion(crypto, { ...INCLUSION, ...over })).toBe(false);
  });
});

describe('a consistency claim does not hold with', () => {
  test.each<[string, Partial<ConsistencyClaim>]>([
    ['an old tree larger than the new', { oldEvents: 8 }],
    ['a negative old tree', { oldEvents: -1 }],
    ['an old tree of half a leaf', { oldEvents: 2.5 }],
    ['another old tree', { oldEvents: 2 }],
    ['another new tree', { newEvents: 4 }],
    ['a new tree beyond 2^53', { newEvents: 2 ** 53 }],
    ['another old root', { oldRoot: HASH }],
    ['another new root', { newRoot: HASH }],
    ['an old root of another length', { oldRoot: SHORT }],
    ['a new root of another length', { newRoot: SHORT }],
    ['no proof', { proof: [] }],
    ['a proof that ends early', { proof: CONSISTENCY.proof.slice(0, -1) }],
    ['a proof that goes on', { proof: [...CONSISTENCY.proof, HASH] }],
    ['a proof node of another length', { proof: [SHORT, ...CONSISTENCY.proof.slice(1)] }],
    ['equal sizes and a proof', { oldEvents: 7, oldRoot: ROOT }],
    ['equal sizes and other roots', { oldEvents: 7, proof: [] }],
    ['an empty old tree and a proof', { oldEvents: 0, oldRoot: EMPTY_ROOT }],
    ['an empty old tree and another old root', { oldEvents: 0, proof: [] }],
    [
      'two empty trees and a root that is not',
      { oldEvents: 0, newEvents: 0, oldRoot: EMPTY_ROOT, proof: [] },
    ],
  ])('%s', (_, over) => {
    expect(verifyConsistency(crypto, CONSISTENCY)).toBe(true);
    expect(verifyConsistency(crypto, { ...CONSISTENCY, ...over })).toBe(false);
  });
});

describe('a proof of another size of tree does not pass, though its hashes are right', () => {
  const leaves = [...LEAVES, HASH];
  const roots = leaves.map((_, i) => merkleRoot(crypto, leaves.slice(0, i + 1)));
  const rootOf = (events: number): Uint8Array => roots[events - 1] ?? HASH;

  test('a leaf of eight as the only one', () => {
    const proof = inclusionProof(crypto, leaves, 7);
    const claim = { leaf: HASH, proof, root: rootOf(8) };
    expect(verifyInclusion(crypto, { ...claim, index: 7, events: 8 })).toBe(true);
    expect(verifyInclusion(crypto, { ...claim, index: 0, events: 1 })).toBe(false);
    expect(verifyInclusion(crypto, { ...claim, index: 15, events: 16 })).toBe(false);
  });

  test.each([
    ['7 to 8 as 3 to 4', 7, 8, 3, 4],
    ['3 to 4 as 7 to 8', 3, 4, 7, 8],
  ])('%s', (_, oldReal, newReal, oldEvents, newEvents) => {
    const proof = consistencyProof(crypto, leaves.slice(0, newReal), oldReal);
    const claim = { oldRoot: rootOf(oldReal), newRoot: rootOf(newReal), proof };
    expect(verifyConsistency(crypto, { ...claim, oldEvents: oldReal, newEvents: newReal })).toBe(true);
    expect(verifyConsistency(crypto, { ...claim, oldEvents, newEvents })).toBe(false);
  });
});

test('a proof of more leaves than 32 bits count', () => {
  const events = 2 ** 40;
  const siblings = Array.from({ length: 40 }, (_, i) => new Uint8Array(32).fill(i));
  const [leaf = HASH] = LEAVES;
  // The first leaf stands left on each level, the last one right.
  const node = (left: Uint8Array, right: Uint8Array) =>
    crypto.sha256(Uint8Array.from([1, ...left, ...right]));
  const first = siblings.reduce((hash, sibling) => node(hash, sibling), leaf);
  const last = siblings.reduce((hash, sibling) => node(sibling, hash), leaf);
  const claim = { events, leaf, proof: siblings };
  expect(verifyInclusion(crypto, { ...claim, index: 0, root: first })).toBe(true);
  expect(verifyInclusion(crypto, { ...claim, index: events - 1, root: last })).toBe(true);
  expect(verifyInclusion(crypto, { ...claim, index: events / 2, root: first })).toBe(false);
});

test('asking for a proof that cannot be is a bug', () => {
  for (const index of [-1, 7, 0.5]) expect(() => inclusionProof(crypto, LEAVES, index)).toThrow(RangeError);
  for (const old of [-1, 8, 0.5]) expect(() => consistencyProof(crypto, LEAVES, old)).toThrow(RangeError);
});
