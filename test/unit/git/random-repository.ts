import type { NewCommit } from '../../../node/git/index.ts';
import type { RandomCommit } from '../git-history/random-history.ts';

/** The commits of a made-up history, as a repository is made of them. */
export const commitsOf = (random: readonly RandomCommit[]): readonly NewCommit[] =>
  random.map(({ parents, author, tree }, index) => {
    const before = random[parents[0] ?? -1]?.tree ?? new Map<string, string>();
    const gone = [...before.keys()].filter((path) => !tree.has(path));
    const files = [
      ...gone.map((path) => ({ path, content: null })),
      ...[...tree].map(([path, content]) => ({ path, content })),
    ];
    return { author, atSeconds: index, message: `${index}`, parents, files };
  });
