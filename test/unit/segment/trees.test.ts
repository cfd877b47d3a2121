import { describe, expect, test } from 'vitest';
import { domainHash } from '../../../protocol/crypto/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import {
  appendLeaf,
  appendLeaves,
  compactTreeFromPeaks,
  emptyTree,
  merkleRoot,
  treeRoot,
} from '../../../protocol/segment/index.ts';
import { fromHex, toHex } from '../../support/read-vectors.ts';

/** The inputs of the test tree of Certificate Transparency, and the published roots over the first ones. */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const LEAVES = INPUTS.map((input) => domainHash(crypto, 'leaf', [fromHex(input)]));

test.each([...ROOTS.entries()])('the published root of %i leaves', (events, root) => {
  const leaves = LEAVES.slice(0, events);
  expect(toHex(merkleRoot(crypto, leaves))).toBe(root);
  expect(toHex(treeRoot(crypto, appendLeaves(crypto, emptyTree, leaves)))).toBe(root);
});

test('appending gives a new tree and leaves the old one as it was', () => {
  let tree = emptyTree;
  for (const [events, leaf] of LEAVES.entries()) {
    const before = toHex(treeRoot(crypto, tree));
    const next = appendLeaf(crypto, tree, leaf);
    expect([tree.events, toHex(treeRoot(crypto, tree))]).toEqual([events, before]);
    tree = next;
  }
  expect(toHex(treeRoot(crypto, tree))).toBe(ROOTS[8]);
});

describe('peaks', () => {
  const hash = (byte: number) => new Uint8Array(32).fill(byte);

  test.each([0, 1, 7, 8, 1023, 1024, 2 ** 31, 2 ** 32 + 3, Number.MAX_SAFE_INTEGER])(
    'of %i leaves: one for each one bit',
    (events) => {
      const ones = [...events.toString(2)].filter((bit) => bit === '1').length;
      const peaks = Array.from({ length: ones }, (_, i) => hash(i));
      expect(compactTreeFromPeaks(events, peaks)).toEqual({ ok: true, value: { events, peaks } });
      for (const wrong of [[...peaks, hash(99)], peaks.slice(1)]) {
        if (wrong.length === peaks.length) continue;
        expect(compactTreeFromPeaks(events, wrong)).toMatchObject({ fault: { code: 'bad_peaks' } });
      }
    },
  );

  test.each([-1, 1.5, 2 ** 53, Number.NaN])('of %d leaves: none', (events) => {
    expect(compactTreeFromPeaks(events, [hash(1)])).toMatchObject({ fault: { code: 'bad_peaks' } });
  });

  test('of another length than a hash', () => {
    expect(compactTreeFromPeaks(3, [hash(1), new Uint8Array(31)])).toMatchObject({
      fault: { code: 'bad_peaks' },
    });
  });

  test('beyond 32 bits join like any others', () => {
    const events = 2 ** 33 - 1;
    const peaks = Array.from({ length: 33 }, (_, i) => hash(i));
    const tree = appendLeaf(crypto, { events, peaks }, hash(99));
    const joined = peaks.reduceRight<Uint8Array>(
      (right, left) => domainHash(crypto, 'node', [left, right]),
      hash(99),
    );
    expect(tree).toEqual({ events: events + 1, peaks: [joined] });
  });

  test('that are fewer than the leaves need are a bug', () => {
    expect(() => appendLeaf(crypto, { events: 3, peaks: [hash(1)] }, hash(2))).toThrow(TypeError);
  });
});
