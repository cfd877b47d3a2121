import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../protocol/bytes/index.ts';
import { ChangeReader, type GitCommit, type GitCommitHeader } from '../../../protocol/git-history/index.ts';
import { naiveHeads, naivePasts } from './naive-history.ts';
import { answersTo, headersOf, objectId, type RandomCommit, randomHistory } from './random-history.ts';

const readChanges = (commits: readonly RandomCommit[], chunkBytes: number): readonly GitCommit[] => {
  const reader = new ChangeReader(headersOf(commits));
  const output = utf8Encode(answersTo(reader.questions(), commits));
  for (let at = 0; at < output.length; at += chunkBytes) reader.push(output.slice(at, at + chunkBytes));
  const verdict = reader.finish();
  if (!verdict.ok) throw new Error(verdict.fault.message);
  return verdict.value;
};

const header = (id: number, tree: number, ...parents: readonly number[]): GitCommitHeader => ({
  id: objectId(id),
  tree: objectId(tree),
  parents: parents.map(objectId),
  author: 'Sample Author A <a@sample.invalid>',
  authoredAtMs: 0,
});

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

describe('ChangeReader', () => {
  test('a commit changes a path exactly if a head of its past has another blob than its tree', () => {
    fc.assert(
      fc.property(randomHistory(14), (random) => {
        const commits = readChanges(random, 4096);
        const pasts = naivePasts(commits);
        for (const [index, { id, changes }] of commits.entries()) {
          const tree = random[index]?.tree ?? new Map<string, string>();
          const before = new Set(pasts.get(id));
          before.delete(id);
          const heads = naiveHeads(commits, pasts, before);
          const due = [...new Set([...heads.keys(), ...tree.keys()])].filter((path) => {
            const blob = tree.get(path) ?? null;
            return (heads.get(path) ?? [null]).some((head) => head !== blob);
          });
          expect(changes).toEqual(due.sort().map((path) => ({ path, blob: tree.get(path) ?? null })));
        }
      }),
      { numRuns: 400 },
    );
  });

  test('the chunks of the output do not matter', () => {
    fc.assert(
      fc.property(randomHistory(8), fc.integer({ min: 1, max: 60 }), (random, chunkBytes) => {
        expect(readChanges(random, chunkBytes)).toEqual(readChanges(random, 1 << 20));
      }),
    );
  });

  test('a merge with more parents than can be told apart states every difference', () => {
    const parents = Array.from({ length: 40 }, (_, i) => i);
    const branch = (i: number) => ({
      parents: [],
      author: 'A',
      tree: new Map([['a', objectId(1 + (i % 2))]]),
    });
    const random: RandomCommit[] = [
      ...parents.map(branch),
      { parents, author: 'A', tree: new Map([['a', objectId(1)]]) },
    ];
    expect(readChanges(random, 4096).at(-1)?.changes).toEqual([{ path: 'a', blob: objectId(1) }]);
  });

  test('a change of mode alone is none, a deleted path has no blob', () => {
    const reader = new ChangeReader([header(1, 11)]);
    const [question = ''] = reader.questions();
    expect(question).toBe(`${EMPTY_TREE} ${objectId(11)}\n`);
    const mode = `:100644 100755 ${objectId(5)} ${objectId(5)} M\0same\0`;
    const gone = `:100644 000000 ${objectId(5)} ${objectId(0)} D\0gone\0`;
    const link = `:000000 160000 ${objectId(0)} ${objectId(6)} A\0new\nline\0`;
    reader.push(utf8Encode(question + mode + gone + link));
    expect(reader.count).toBe(1);
    const verdict = reader.finish();
    expect(verdict.ok && verdict.value[0]?.changes).toEqual([
      { path: 'gone', blob: null },
      { path: 'new\nline', blob: objectId(6) },
    ]);
  });

  test('a commit with the tree of its parent needs no question', () => {
    const reader = new ChangeReader([header(1, 11), header(2, 11, 1)]);
    expect([...reader.questions()]).toHaveLength(1);
  });

  test.each([
    ['nothing', ''],
    ['another answer', `${EMPTY_TREE} ${objectId(12)}\n`],
    ['a change before its answer', `:100644 100644 ${objectId(1)} ${objectId(2)} M\0a\0`],
    ['half a change', `${EMPTY_TREE} ${objectId(11)}\n:000000 100644 ${objectId(0)} ${objectId(1)} A\0`],
    ['a path cut short', `${EMPTY_TREE} ${objectId(11)}\n:000000 100644 ${objectId(0)} ${objectId(1)} A\0a`],
    ['a short id', `${EMPTY_TREE} ${objectId(11)}\n:000000 100644 0 ${objectId(1)} A\0a\0`],
    ['an answer too many', `${EMPTY_TREE} ${objectId(11)}\n${EMPTY_TREE} ${objectId(11)}\n`],
    ['bytes that are no text', `${EMPTY_TREE} ${objectId(11)}\n:\uFFFD\0`],
  ])('%s is malformed', (_, output) => {
    const reader = new ChangeReader([header(1, 11)]);
    reader.push(utf8Encode(output));
    expect(reader.finish()).toMatchObject({ ok: false, fault: { code: 'git_output_malformed' } });
  });

  test('a parent that does not come first is a bug of the caller', () => {
    expect(() => new ChangeReader([header(2, 12, 1), header(1, 11)])).toThrow(RangeError);
    expect(() => new ChangeReader([header(2, 12, 1)])).toThrow(RangeError);
  });
});
