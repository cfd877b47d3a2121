import type { GitCommit, GitTree } from '../../../protocol/git-history/index.ts';

/** For each commit the ids of all its ancestors and itself, by plain unions: slow, and easy to believe. */
export const naivePasts = (
  commits: readonly Pick<GitCommit, 'id' | 'parents'>[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const pasts = new Map<string, ReadonlySet<string>>();
  for (const { id, parents } of commits) {
    pasts.set(id, new Set([id, ...parents.flatMap((parent) => [...(pasts.get(parent) ?? [])])]));
  }
  return pasts;
};

/** A write of one path. */
interface Write {
  readonly commit: string;
  readonly blob: string | null;
}

/** For each path, the blobs of the writes within `within` that no other write within it has seen. */
export const naiveHeads = (
  commits: readonly GitCommit[],
  pasts: ReadonlyMap<string, ReadonlySet<string>>,
  within: ReadonlySet<string>,
): ReadonlyMap<string, readonly (string | null)[]> => {
  const writes = new Map<string, Write[]>();
  for (const { id, changes } of commits) {
    if (!within.has(id)) continue;
    for (const { path, blob } of changes) {
      const earlier = writes.get(path) ?? [];
      writes.set(path, [
        ...earlier.filter(({ commit }) => !pasts.get(id)?.has(commit)),
        { commit: id, blob },
      ]);
    }
  }
  return new Map([...writes].map(([path, heads]) => [path, heads.map(({ blob }) => blob)]));
};

/** The tree that a fold of all commits arrives at; throws when a path's heads disagree. */
export const naiveTree = (commits: readonly GitCommit[]): GitTree => {
  const tree = new Map<string, string>();
  const everything = new Set(commits.map(({ id }) => id));
  for (const [path, heads] of naiveHeads(commits, naivePasts(commits), everything)) {
    const [blob, ...others] = new Set(heads);
    if (others.length > 0) throw new Error(`the heads of ${path} disagree`);
    if (typeof blob === 'string') tree.set(path, blob);
  }
  return tree;
};
