import fc from 'fast-check';
import type { GitCommitHeader } from '../../../protocol/git-history/index.ts';

/** A commit of a made-up history: its parents by index, and its whole tree. */
export interface RandomCommit {
  readonly parents: readonly number[];
  readonly author: string;
  readonly tree: ReadonlyMap<string, string>;
}

const PATHS = ['a', 'b', 'c/d', 'e f'];
const AUTHORS = ['Sample Author A <a@sample.invalid>', 'Sample Author B <b@sample.invalid>'];

/** An object id that follows from a number. */
export const objectId = (value: number): string => value.toString(16).padStart(40, '0');

/**
 * Histories whose last commit is the head. A commit has up to three parents among the few before it, starts from
 * the tree of one of them, and then takes some paths from the others or anew: few blobs, so that branches often
 * agree by chance. Commits without parents are rare beyond the first.
 */
export const randomHistory = (commitsMax: number): fc.Arbitrary<readonly RandomCommit[]> =>
  fc
    .array(
      fc.record({
        back: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
        root: fc.integer({ min: 0, max: 15 }).map((value) => value === 0),
        author: fc.constantFrom(...AUTHORS),
        edits: fc.array(
          fc.record({
            path: fc.constantFrom(...PATHS),
            from: fc.integer({ min: 0, max: 3 }),
            blob: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
          }),
          { maxLength: 3 },
        ),
      }),
      { minLength: 1, maxLength: commitsMax },
    )
    .map((shapes) => {
      const commits: RandomCommit[] = [];
      for (const [index, { back, root, author, edits }] of shapes.entries()) {
        const near = (back.length === 0 ? [1] : back).map((step) => index - step);
        const parents = root ? [] : near.filter((parent) => parent >= 0);
        const tree = new Map(commits[parents[0] ?? -1]?.tree);
        for (const { path, from, blob } of edits) {
          const taken = parents[from] === undefined ? undefined : commits[parents[from]]?.tree.get(path);
          const content = parents[from] === undefined ? (blob === null ? undefined : objectId(blob)) : taken;
          if (content === undefined) tree.delete(path);
          else tree.set(path, content);
        }
        commits.push({ parents, author, tree });
      }
      return commits;
    });

/** Id of the commit at an index. */
export const commitId = (index: number): string => objectId(0xc0_0000 + index);

/** What `git rev-list` would say of the commits; equal trees have equal ids. */
export const headersOf = (commits: readonly RandomCommit[]): readonly GitCommitHeader[] =>
  commits.map(({ parents, author, tree }, index) => ({
    id: commitId(index),
    tree: treeId(tree),
    parents: parents.map(commitId),
    author,
    authoredAtMs: index * 1000,
  }));

/** What `git diff-tree --stdin` would answer to the lines. */
export const answersTo = (lines: Iterable<string>, commits: readonly RandomCommit[]): string => {
  const none: ReadonlyMap<string, string> = new Map();
  const trees = new Map(commits.map(({ tree }) => [treeId(tree), tree]));
  let text = '';
  for (const line of lines) {
    const [before, after] = line
      .trim()
      .split(' ')
      .map((id) => trees.get(id) ?? none);
    text += line;
    for (const path of PATHS) {
      const [old, now] = [before?.get(path), after?.get(path)];
      if (old === now) continue;
      text += `:${modeOf(old)} ${modeOf(now)} ${old ?? objectId(0)} ${now ?? objectId(0)} M\0${path}\0`;
    }
  }
  return text;
};

const modeOf = (blob: string | undefined): string => (blob === undefined ? '000000' : '100644');

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Each path's blob is a digit, so a tree is a number. */
const treeId = (tree: ReadonlyMap<string, string>): string => {
  const digits = PATHS.map((path) => tree.get(path)?.at(-1) ?? '0').join('');
  return Number(digits) === 0 ? EMPTY_TREE : `7${digits.padStart(39, '0')}`;
};
