import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../protocol/bytes/index.ts';
import { compareTree, treeFromLsTree } from '../../../protocol/git-history/index.ts';
import { objectId } from './random-history.ts';

const [ONE, TWO] = [objectId(1), objectId(2)] as const;

describe('treeFromLsTree', () => {
  const output = utf8Encode(`100644 blob ${ONE}\ta\tb\n"c"\x00160000 commit ${TWO}\tmodule\0`);
  const tree = new Map([
    ['a\tb\n"c"', ONE],
    ['module', TWO],
  ]);

  test('reads paths with any characters, and submodules, in chunks of any size', () => {
    for (let size = 1; size <= output.length; size += 1) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < output.length; at += size) chunks.push(output.slice(at, at + size));
      expect(treeFromLsTree(chunks)).toEqual({ ok: true, value: tree });
    }
  });

  test('no output is an empty tree', () => {
    expect(treeFromLsTree([])).toEqual({ ok: true, value: new Map() });
  });

  test.each([
    ['a path without its end', `100644 blob ${ONE}\ta`],
    ['no tab', `100644 blob ${ONE} a\0`],
    ['a tree, which -r never lists', `040000 tree ${ONE}\ta\0`],
    ['a short id', '100644 blob 12\ta\0'],
  ])('%s is malformed', (_, text) => {
    expect(treeFromLsTree([utf8Encode(text)])).toMatchObject({
      ok: false,
      fault: { code: 'git_output_malformed' },
    });
  });
});

describe('compareTree', () => {
  const tree = new Map([
    ['b', ONE],
    ['a', TWO],
  ]);

  test('equal when the paths have their blobs and every other entity has none', () => {
    const entities = new Map([
      ['a', { blob: TWO }],
      ['b', { blob: ONE, other: 1 }],
      ['deleted', { blob: null }],
      ['not of git', {}],
    ]);
    expect(compareTree(tree, entities)).toEqual([]);
  });

  test('names each difference, by ascending path', () => {
    const entities = new Map([
      ['c', { blob: ONE }],
      ['b', { blob: TWO }],
      ['d', { blob: 7 }],
    ]);
    expect(compareTree(tree, entities)).toEqual([
      { path: 'a', expected: TWO, actual: null },
      { path: 'b', expected: ONE, actual: TWO },
      { path: 'c', expected: null, actual: ONE },
      { path: 'd', expected: null, actual: 7 },
    ]);
  });
});
