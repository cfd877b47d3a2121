import { describe, expect, it } from 'vitest';
import { hexEncode } from '../../../protocol/bytes/index.ts';
import type { Crypto } from '../../../protocol/crypto/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { childPaths } from '../../../protocol/sync/frontier-tree.ts';
import {
  type FrontierEntry,
  FrontierTree,
  frontierDigest,
  SYNC_LIMITS,
} from '../../../protocol/sync/index.ts';
import { referenceSha256 } from '../../support/reference.ts';
import { numberedEntry } from '../../support/session-side.ts';
import { testLog } from '../../support/test-log.ts';

const LEAF = SYNC_LIMITS.treeLeafEntries;

const treeOf = (entries: readonly FrontierEntry[], crypto: Crypto = portableCrypto): FrontierTree => {
  const tree = new FrontierTree(crypto);
  for (const entry of entries) tree.set(entry);
  return tree;
};

const numbered = (count: number): readonly FrontierEntry[] =>
  Array.from({ length: count }, (_, i) => numberedEntry(i));

const keyOf = ({ origin }: FrontierEntry): string => referenceSha256(Buffer.from(origin)).toString('hex');

/** The hash of a node, straight from its definition. */
const referenceHash = (entries: readonly FrontierEntry[], path = ''): Buffer => {
  const below = entries.filter((entry) => keyOf(entry).startsWith(path));
  const place = Buffer.concat([Buffer.of(path.length), Buffer.from(path)]);
  if (below.length === 0) return Buffer.alloc(32);
  if (below.length > 32) {
    const children = [...'0123456789abcdef'].map((digit) => referenceHash(below, path + digit));
    return referenceSha256(Buffer.of(0x11), place, ...children);
  }
  const sorted = [...below].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return referenceSha256(Buffer.of(0x10), place, ...sorted.map(referenceEntry));
};

const referenceEntry = (entry: FrontierEntry): Buffer => {
  const numbers = Buffer.alloc(17);
  numbers[0] = entry.frozen ? 2 : entry.sealed ? 1 : 0;
  numbers.writeUInt32BE(entry.segment, 1);
  numbers.writeUInt32BE(entry.events, 5);
  numbers.writeBigUInt64BE(BigInt(entry.seq), 9);
  const name = Buffer.from(entry.origin);
  return Buffer.concat([Buffer.of(name.length), name, numbers, entry.commitment]);
};

describe('the frontier tree', () => {
  it.each([0, 1, 2, LEAF, LEAF + 1, 5000])('of %i logs has the hashes of its definition', (count) => {
    const entries = numbered(count);
    const tree = treeOf(entries);
    for (const path of ['', 'a', 'a3', 'a37', 'fff']) {
      expect(hexEncode(tree.hash(path))).toBe(referenceHash(entries, path).toString('hex'));
    }
    expect(tree.digest()).toEqual(tree.hash('').subarray(0, 16));
    expect(tree.size).toBe(count);
  });

  it.each([
    ['the segment', { segment: 2 }],
    ['the records', { events: 6 }],
    ['the length', { seq: 2 ** 53 - 1 }],
    ['the seal', { sealed: true }],
    ['the fork', { frozen: true }],
    ['the history', { commitment: new Uint8Array(32).fill(99) }],
    ['the log', { origin: testLog(9).origin }],
  ])('has another digest when %s is another', (_, over) => {
    const entry = numberedEntry(1, 5);
    const digest = frontierDigest(portableCrypto, [entry]);
    expect(frontierDigest(portableCrypto, [{ ...entry, ...over }])).not.toEqual(digest);
  });

  it('shows the entries of a node at the size of a leaf, and hashes one past it', () => {
    const entries = numbered(LEAF);
    const tree = treeOf(entries);
    const content = tree.content('');
    expect(content.type === 'entries' && new Set(content.entries)).toEqual(new Set(entries));
    tree.set(numberedEntry(LEAF));
    expect(tree.content('')).toEqual({
      type: 'children',
      hashes: childPaths('').map((path) => tree.hash(path).subarray(0, 16)),
    });
  });

  it('counts and lists what is below a node, even below a leaf', () => {
    const entries = numbered(700);
    const tree = treeOf(entries);
    for (const path of ['', '7', '7c', '7cd0']) {
      const expected = entries.filter((entry) => keyOf(entry).startsWith(path));
      expect(tree.count(path)).toBe(expected.length);
      expect(new Set(tree.entries(path))).toEqual(new Set(expected));
    }
  });

  it('keeps one entry of a log, the newest', () => {
    const tree = treeOf([...numbered(LEAF + 1), numberedEntry(3, 8)]);
    expect(tree.size).toBe(LEAF + 1);
    expect(tree.get(numberedEntry(3).origin)).toEqual(numberedEntry(3, 8));
    expect(tree.count('')).toBe(LEAF + 1);
  });

  it('hashes no more than what lies above a change', () => {
    let hashes = 0;
    const counting: Crypto = {
      ...portableCrypto,
      sha256: (data) => {
        hashes += 1;
        return portableCrypto.sha256(data);
      },
    };
    const tree = treeOf(numbered(5000), counting);
    tree.digest();
    hashes = 0;
    tree.set(numberedEntry(42, 2));
    tree.digest();
    tree.digest();
    expect(hashes).toBeLessThanOrEqual(3);
  });
});
