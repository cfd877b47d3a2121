import { compareStrings, type JsonValue, utf8Decode } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { ByteQueue } from './byte-queue.ts';
import type { GitOutputFault, GitTree } from './git-commit.ts';
import { nameOf } from './git-name.ts';

const NUL = 0x00;
const TAB = 0x09;

/** Arguments of the git command whose output {@link treeFromLsTree} reads: all paths of one commit. */
export const treeArgs = (commit: string): readonly string[] => ['ls-tree', '-r', '-z', '--full-tree', commit];

/**
 * Reads the output of `git ls-tree` with {@link treeArgs}: for each path `<mode> <type> <id> TAB <path> NUL`.
 */
export const treeFromLsTree = (chunks: Iterable<Uint8Array>): Verdict<GitTree, GitOutputFault> => {
  const queue = new ByteQueue();
  const tree = new Map<string, string>();
  for (const chunk of chunks) {
    queue.push(chunk);
    for (let entry = queue.take(NUL); entry !== undefined; entry = queue.take(NUL)) {
      const tab = entry.indexOf(TAB);
      const id = ENTRY.exec(utf8Decode(entry.subarray(0, Math.max(tab, 0))) ?? '')?.[1];
      if (id === undefined)
        return refuse('git_output_malformed', `entry ${tree.size + 1} of the tree cannot be read`);
      tree.set(nameOf(entry.subarray(tab + 1)), id);
    }
  }
  return queue.size > 0 ? refuse('git_output_malformed', 'the tree is cut short') : accept(tree);
};

const ENTRY = /^[0-7]{6} (?:blob|commit) ([0-9a-f]{40}|[0-9a-f]{64})$/;

/** A path on which a projection and git disagree; null stands for no content, in both. */
export interface TreeDifference {
  readonly path: string;
  /** What git has. */
  readonly expected: string | null;
  /** What the projection has. */
  readonly actual: JsonValue;
}

/**
 * Holds a projection against git: equal (no differences) when every path of the tree is an entity with that
 * `blob`, and every other entity's `blob` is null or missing. The differences come by ascending path.
 */
export const compareTree = (
  tree: GitTree,
  entities: ReadonlyMap<string, { readonly blob?: JsonValue }>,
): readonly TreeDifference[] => {
  const differences: TreeDifference[] = [];
  for (const path of new Set([...tree.keys(), ...entities.keys()])) {
    const expected = tree.get(path) ?? null;
    const actual = entities.get(path)?.blob ?? null;
    if (expected !== actual) differences.push({ path, expected, actual });
  }
  return differences.sort((a, b) => compareStrings(a.path, b.path));
};
