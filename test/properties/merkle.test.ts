import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import {
  appendLeaf,
  appendLeaves,
  type CompactTree,
  compactTreeFromPeaks,
  consistencyProof,
  emptyTree,
  inclusionProof,
  mayGrowTo,
  merkleRoot,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../protocol/segment/index.ts';

const ALL = Array.from({ length: 300 }, (_, i) => crypto.sha256(Uint8Array.of(i >> 8, i & 0xff)));
const firstLeaves = (count: number): readonly Uint8Array[] => ALL.slice(0, count);

const flipBit = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

/** The list with one bit of one of its hashes turned over. */
const flipOne = (hashes: readonly Uint8Array[], at: number, bit: number): readonly Uint8Array[] =>
  hashes.map((hash, i) => (i === at ? flipBit(hash, bit) : hash));

const bit = () => fc.nat(255);

test('a compact tree has the root of all its leaves, however they were appended', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 5 }), (parts) => {
      let tree: CompactTree = emptyTree;
      for (const part of parts) {
        tree = appendLeaves(crypto, tree, ALL.slice(tree.events, tree.events + part));
        expect(treeRoot(crypto, tree)).toEqual(merkleRoot(crypto, firstLeaves(tree.events)));
        expect(compactTreeFromPeaks(tree.events, tree.peaks)).toEqual({ ok: true, value: tree });
      }
      const single = firstLeaves(tree.events).reduce<CompactTree>(
        (t, leaf) => appendLeaf(crypto, t, leaf),
        emptyTree,
      );
      expect(single).toEqual(tree);
    }),
    { numRuns: 50 },
  );
});

test('a compact tree may grow to each one over more of the same leaves, and to none with another leaf below a peak of both', () => {
  const sizes = fc.tuple(fc.nat(300), fc.nat(300), fc.nat(299));
  fc.assert(
    fc.property(sizes, ([one, other, changed]) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      const later = appendLeaves(crypto, emptyTree, firstLeaves(more));
      const tree = appendLeaves(crypto, emptyTree, firstLeaves(less));
      expect(mayGrowTo(tree, later)).toBe(true);
      if (less < more) expect(mayGrowTo(later, tree)).toBe(false);
      const leaves = firstLeaves(less).map((leaf, i) => (i === changed ? flipBit(leaf, 7) : leaf));
      const common = commonLeaves(less, more);
      expect(mayGrowTo(appendLeaves(crypto, emptyTree, leaves), later)).toBe(changed >= common);
    }),
  );
});

/** Leaves below the peaks that the trees of so many leaves have in common: the highest bits of both numbers. */
const commonLeaves = (less: number, more: number): number => {
  let common = 0;
  for (let size = 256; size >= 1; size /= 2) {
    const [inLess, inMore] = [less & size, more & size];
    if (inLess !== inMore) break;
    common += inLess;
  }
  return common;
};

test('every inclusion proof verifies, and none does after one bit has changed', () => {
  const place = fc
    .integer({ min: 1, max: 300 })
    .chain((events) => fc.tuple(fc.constant(events), fc.nat(events - 1)));
  fc.assert(
    fc.property(place, bit(), fc.nat(), ([events, index], flip, which) => {
      const leaves = firstLeaves(events);
      const [leaf = new Uint8Array()] = leaves.slice(index);
      const claim = {
        index,
        events,
        leaf,
        proof: inclusionProof(crypto, leaves, index),
        root: merkleRoot(crypto, leaves),
      };
      expect(verifyInclusion(crypto, claim)).toBe(true);
      const wrong = [
        { leaf: flipBit(leaf, flip) },
        { root: flipBit(claim.root, flip) },
        { index: (index + 1 + (which % Math.max(1, events - 1))) % events },
        { proof: flipOne(claim.proof, which % Math.max(1, claim.proof.length), flip) },
      ].filter((over) => over.index !== index && (over.proof === undefined || claim.proof.length > 0));
      for (const over of wrong) expect(verifyInclusion(crypto, { ...claim, ...over })).toBe(false);
    }),
  );
});

test('every consistency proof verifies, and none does after one bit has changed', () => {
  const sizes = fc.integer({ min: 0, max: 300 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size)));
  fc.assert(
    fc.property(sizes, bit(), fc.nat(), ([newEvents, oldEvents], flip, which) => {
      const leaves = firstLeaves(newEvents);
      const claim = {
        oldEvents,
        newEvents,
        oldRoot: merkleRoot(crypto, leaves.slice(0, oldEvents)),
        newRoot: merkleRoot(crypto, leaves),
        proof: consistencyProof(crypto, leaves, oldEvents),
      };
      expect(verifyConsistency(crypto, claim)).toBe(true);
      expect(verifyConsistency(crypto, { ...claim, oldRoot: flipBit(claim.oldRoot, flip) })).toBe(false);
      // The empty tree is the beginning of every other, whatever the root of that one is.
      if (oldEvents > 0) {
        expect(verifyConsistency(crypto, { ...claim, newRoot: flipBit(claim.newRoot, flip) })).toBe(false);
      }
      if (claim.proof.length > 0) {
        const proof = flipOne(claim.proof, which % claim.proof.length, flip);
        expect(verifyConsistency(crypto, { ...claim, proof })).toBe(false);
      }
    }),
  );
});

test('any claim at all gets an answer', () => {
  const hash = fc.oneof(fc.constantFrom(...firstLeaves(3)), fc.uint8Array({ maxLength: 40 }));
  const count = fc.oneof(fc.nat(20), fc.integer(), fc.double(), fc.constant(2 ** 53));
  const proof = fc.array(hash, { maxLength: 60 });
  fc.assert(
    fc.property(count, count, hash, hash, proof, (a, b, first, second, nodes) => {
      const inclusion = { index: a, events: b, leaf: first, root: second, proof: nodes };
      expect(typeof verifyInclusion(crypto, inclusion)).toBe('boolean');
      const consistency = { oldEvents: a, newEvents: b, oldRoot: first, newRoot: second, proof: nodes };
      expect(typeof verifyConsistency(crypto, consistency)).toBe('boolean');
    }),
  );
});
