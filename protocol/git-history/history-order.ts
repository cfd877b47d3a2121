import type { GitCommitHeader } from './git-commit.ts';

/**
 * Puts the commits behind `head` in the order of a depth-first walk that visits a commit's parents, in their
 * own order, before the commit. So parents come first, the head last, the commits of a merged branch stand
 * together just before their merge, and the order follows from the commits alone: not from dates, nor from
 * the order in which git listed them, nor from its version.
 *
 * Parents that are not among `headers` are dropped, and so are commits that `head` does not reach.
 */
export const orderHistory = (
  head: string,
  headers: Iterable<GitCommitHeader>,
): readonly GitCommitHeader[] => {
  const byId = new Map<string, GitCommitHeader>();
  for (const header of headers) {
    if (!byId.has(header.id)) byId.set(header.id, header);
  }
  const ordered: GitCommitHeader[] = [];
  const entered = new Set<string>();
  const walk: { readonly header: GitCommitHeader; next: number }[] = [];
  const enter = (id: string): void => {
    const header = entered.has(id) ? undefined : byId.get(id);
    if (header === undefined) return;
    entered.add(id);
    const parents = [...new Set(header.parents)].filter((parent) => byId.has(parent));
    walk.push({ header: { ...header, parents }, next: 0 });
  };
  enter(head);
  for (let step = walk.at(-1); step !== undefined; step = walk.at(-1)) {
    const parent = step.header.parents[step.next];
    step.next += 1;
    if (parent !== undefined) {
      enter(parent);
    } else {
      ordered.push(step.header);
      walk.pop();
    }
  }
  return ordered;
};
