import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import {
  leafPath,
  leafSpan,
  merkleRoot,
  nodesBelow,
  pathRoot,
  rootNode,
  treeLevels,
} from '../../../protocol/segment/index.ts';

const ALL = Array.from({ length: 1024 }, (_, i) => crypto.sha256(Uint8Array.of(i >> 8, i & 0xff)));

test.each([1, 2, 3, 15, 16, 17, 255, 256, 257, 1000, 1023, 1024])(
  'every node of a tree of %i leaves',
  (events) => {
    const leaves = ALL.slice(0, events);
    const levels = treeLevels(crypto, leaves);
    expect(levels).toHaveLength(rootNode(events).level + 1);
    expect(levels.at(-1)).toEqual([merkleRoot(crypto, leaves)]);
    for (const [level, hashes] of levels.entries()) {
      for (const [index, hash] of hashes.entries()) {
        const span = leafSpan(events, { level, index });
        if (span === undefined) throw new Error(`there is no node ${level}/${index}`);
        expect(hash).toEqual(merkleRoot(crypto, leaves.slice(span.from, span.to)));
      }
      expect(leafSpan(events, { level, index: hashes.length })).toBeUndefined();
    }
    expect(leafSpan(events, { level: levels.length, index: 0 })).toBeUndefined();
  },
);

test('the way down from the root: at most three steps, 16 hashes each, that make the hash above', () => {
  const place = fc.integer({ min: 1, max: 1024 }).chain((n) => fc.tuple(fc.constant(n), fc.nat(n - 1)));
  fc.assert(
    fc.property(place, ([events, leaf]) => {
      const levels = treeLevels(crypto, ALL.slice(0, events));
      let node = rootNode(events);
      let steps = 0;
      for (; node.level > 0; steps += 1) {
        const below = nodesBelow(events, node);
        expect(below.length).toBeLessThanOrEqual(16);
        const hashes = below.map(({ level, index }) => levels[level]?.[index] ?? new Uint8Array());
        expect(merkleRoot(crypto, hashes)).toEqual(levels[node.level]?.[node.index]);
        const next = below.find((child) => {
          const span = leafSpan(events, child);
          return span !== undefined && span.from <= leaf && leaf < span.to;
        });
        if (next === undefined) throw new Error('the leaf is under none of the nodes');
        node = next;
      }
      expect(node.index).toBe(leaf);
      expect(steps).toBeLessThanOrEqual(3);
      expect(nodesBelow(events, node)).toEqual([]);
    }),
  );
});

test('a path leads to the root, and its left side names the leaves before it', () => {
  const places = fc
    .integer({ min: 1, max: 200 })
    .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: n, max: 300 }), fc.nat(n - 1)));
  fc.assert(
    fc.property(places, ([events, more, index]) => {
      const leaves = ALL.slice(0, events);
      const path = leafPath(crypto, leaves, index);
      expect(pathRoot(crypto, path)).toEqual(merkleRoot(crypto, leaves));
      expect(path.peaks).toEqual(leafPath(crypto, ALL.slice(0, more), index).peaks);
      for (const wrong of [
        { index: index + 1 },
        { index: -1 },
        { index: 0.5 },
        { events: Number.NaN },
        { leaf: new Uint8Array(31) },
        { rest: [...path.rest, path.leaf] },
        { peaks: [path.leaf, ...path.peaks] },
      ]) {
        expect(pathRoot(crypto, { ...path, ...wrong })).not.toEqual(merkleRoot(crypto, leaves));
      }
    }),
  );
});
