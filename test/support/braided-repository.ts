import { makeRepository, type NewCommit } from '../../node/git/index.ts';

const AUTHORS = ['Sample Author A <a@sample.invalid>', 'Sample Author B <b@sample.invalid>'] as const;

/**
 * Makes a repository of two branches that merge each other again and again (criss-cross merges, of which git finds two
 * bases): in each round both change `shared` differently and a file of their own, then each merges the other and settles
 * `shared` in a way of its own. The last commit joins them. Has 4 commits a round, and 2 more.
 */
export const makeBraidedRepository = async (folder: string, rounds: number): Promise<void> => {
  const commits: NewCommit[] = [];
  const commit = (
    side: number,
    parents: readonly number[],
    texts: Readonly<Record<string, string>>,
  ): number =>
    commits.push({
      author: AUTHORS[side] ?? AUTHORS[0],
      atSeconds: 1_704_096_000 + commits.length * 60,
      message: 'Sample',
      parents,
      files: Object.entries(texts).map(([path, content]) => ({ path, content })),
    }) - 1;
  let tips: readonly [number, number] = [0, 0];
  commit(0, [], { shared: 'begin', 'own-0': 'begin', 'own-1': 'begin' });
  for (let round = 0; round < rounds; round += 1) {
    const ours = [0, 1].map((side) =>
      commit(side, [tips[side] ?? 0], { shared: `${round} of ${side}`, [`own-${side}`]: `${round}` }),
    );
    const [a = 0, b = 0] = ours;
    tips = [
      commit(0, [a, b], { shared: `${round} settled by 0`, 'own-1': `${round}` }),
      commit(1, [b, a], { shared: `${round} settled by 1`, 'own-0': `${round}` }),
    ];
  }
  commit(0, tips, { shared: 'end' });
  await makeRepository(folder, commits);
};
